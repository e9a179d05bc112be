// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Rectangular and complex matrices, from files to what is written.

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "npy.hpp"
#include "shapes.hpp"
#include "staircase.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// Recovered with an error below 1e-5 of the matrix in truth.npy. Returns the report.
json check_recovered(const std::string& arguments, const scratch_directory& directory) {
  CAPTURE(arguments);
  const told all = tell(arguments + " --precision f64 --truth truth.npy", directory, 0, "recovered");
  CHECK(all.report["rank_found"] == 2);
  CHECK(all.report["relative_test_error"].get<double>() < 1e-5);
  return all.report;
}

std::vector<double> elements_of(const scratch_directory& directory, const std::string& name) {
  return tinyrank::app::npy_file(directory.path(name)).read_all<double>();
}

}  // namespace

TEST_SUITE("shapes") {
  TEST_CASE("entries of a rectangular matrix, in every form, and what is written of it") {
    const rectangular_sample s;
    const scratch_directory directory;
    directory.write("list.csv", s.list());
    directory.write("table.csv", s.table());
    directory.write("from0.csv", s.indices(0));
    directory.write("from1.csv", s.indices(1));
    directory.write("array.npy", s.array());
    directory.write("truth.npy", npy({s.rows, s.columns}, s.truth));
    const json named = check_recovered("--sensing rectangular:table.csv --estimate-out M.csv", directory);
    CHECK(named["shape"] == "rectangular");
    CHECK(named["rows"] == 4);
    CHECK(named["columns"] == 6);
    CHECK(named["unknowns"] == 2 * (4 + 6 - 2));
    CHECK(named["labels"][1] == "person B");
    CHECK(named["column_labels"][5] == "film x");
    const std::string csv = directory.read("M.csv");
    CHECK(csv.starts_with(",film s,film t,film u,film v,film w,film x\nperson A,"));
    CHECK(csv.find("\nperson D,") != std::string::npos);
    // L R^T
    const std::vector<double> factor = elements_of(directory, "U.npy");
    REQUIRE(factor.size() == 2 * (4 + 6));
    double error = 0;
    for (std::size_t j = 0; j < s.rows; ++j) {
      for (std::size_t k = 0; k < s.columns; ++k) {
        const double* left = factor.data() + 2 * j;
        const double* right = factor.data() + 2 * (s.rows + k);
        error =
            std::max(error, std::abs(left[0] * right[0] + left[1] * right[1] - s.truth[j * s.columns + k]));
      }
    }
    CHECK(error < 1e-4);
    // However it is recovered.
    for (const char* way : {"--method gradient-descent --rank 2 --iterations 3", "--ridge 0.1"}) {
      const std::string options = std::string(way) + " --precision f64 --report other.json";
      run("recover --sensing rectangular:table.csv " + options, directory);
      const json other = json::parse(directory.read("other.json"));
      for (const char* key : {"n", "shape", "rows", "columns", "labels", "column_labels", "notes"})
        CHECK(other[key] == named[key]);
    }
    // The same numbers in another form are the same run.
    for (const char* file : {"from0.csv", "array.npy", "from1.csv"}) {
      const json other = check_recovered(std::string("--sensing rectangular:") + file, directory);
      CHECK(other["factor_bits"] == named["factor_bits"]);
      CHECK(other["labels"].is_null() == (std::string(file) != "from1.csv"));
    }
    // Names of a list come in the order of its rows.
    const run_result listed =
        run("recover --sensing rectangular:list.csv --precision f64 --estimate-out M.npy", directory);
    CHECK(listed.exit_code == 0);
    CHECK(listed.out.find("4 x 6, ") != std::string::npos);
    CHECK(elements_of(directory, "M.npy").size() == 24);
  }

  TEST_CASE("what is written of a table can be read again, with names of numbers, and of two columns") {
    const scratch_directory directory;
    for (const char* text : {",5,7,9\n101,1,2,3\n102,2,4,6\n103,3,6,\n", ",a,b\nr,1,2\ns,2,4\nt,3,\n"}) {
      CAPTURE(text);
      directory.write("t.csv", text);
      const told all =
          tell("--sensing rectangular:t.csv --precision f64 --estimate-out M.csv", directory, 0, "recovered");
      CHECK(all.report["rows"] == 3);
      CHECK(all.report["rank_found"] == 1);
      const told again = tell("--sensing rectangular:M.csv --precision f64", directory, 0, "recovered");
      CHECK(again.report["labels"] == all.report["labels"]);
      CHECK(again.report["column_labels"] == all.report["column_labels"]);
    }
  }

  TEST_CASE("an entry that is given several times is one measurement, the mean") {
    const scratch_directory directory;
    directory.write("e.csv", "a,x,1\na,y,2\nb,x,2\nb,y,4\na,x,1\nc,x,3\nc,y,6\na,z,3\nb,z,6\n");
    const told all = tell("--sensing rectangular:e.csv --precision f64", directory, 0, "recovered");
    CHECK(all.report["measurement_count"] == 8);
  }

  TEST_CASE("any B_i, and bilinear measurements") {
    const rectangular_sample s;
    const scratch_directory directory;
    fractions random(31);
    std::vector<double> matrices(s.m * s.rows * s.columns), b(s.m * s.rows), c(s.m * s.columns), y, of_pairs;
    for (double& value : matrices) value = random.next(16);
    for (double& value : b) value = random.next(16);
    for (double& value : c) value = random.next(16);
    for (std::size_t i = 0; i < s.m; ++i) {
      double sum = 0, product = 0;
      for (std::size_t j = 0; j < s.rows; ++j) {
        for (std::size_t k = 0; k < s.columns; ++k) {
          sum += matrices[(i * s.rows + j) * s.columns + k] * s.truth[j * s.columns + k];
          product += b[i * s.rows + j] * s.truth[j * s.columns + k] * c[i * s.columns + k];
        }
      }
      y.push_back(sum);
      of_pairs.push_back(product);
    }
    directory.write("truth.npy", npy({s.rows, s.columns}, s.truth));
    directory.write("A.npy", npy({s.m, s.rows, s.columns}, matrices));
    directory.write("B.npy", npy({s.m, s.rows}, b));
    directory.write("C.npy", npy({s.m, s.columns}, c));
    directory.write("y.npy", npy({s.m}, y));
    directory.write("z.npy", npy({s.m}, of_pairs));
    check_recovered("--sensing rectangular-dense:A.npy --measurements y.npy", directory);
    check_recovered("--sensing bilinear:B.npy,C.npy --measurements z.npy", directory);
    const told drawn = tell("--sensing bilinear:rows=6,columns=4,m=80 --planted rank=1 --precision f64",
                            directory, 0, "recovered");
    CHECK(drawn.report["relative_test_error"].get<double>() < 1e-5);
  }

  TEST_CASE("Hermitian matrices, squared moduli, Pauli strings, diffraction") {
    const complex_sample s;
    const scratch_directory directory;
    std::vector<double> energies, differences;
    for (std::size_t i = 0; i < s.m; ++i) {
      energies.push_back(s.energy(i));
      differences.push_back(s.energy(2 * i) - s.energy(2 * i + 1));
    }
    directory.write("truth.npy", complex_npy("(4, 4)", s.truth));
    directory.write("H.npy", complex_npy("(60, 4, 4)", s.matrices));
    std::vector<complex> by_columns;
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t i = 0; i < s.m; ++i) by_columns.push_back(s.matrices[(i * 4 + j) * 4 + k]);
      }
    }
    directory.write("F.npy", complex_npy("(60, 4, 4)", by_columns, true));
    directory.write("a.npy", complex_npy("(60, 4)", {s.vectors.begin(), s.vectors.begin() + 240}));
    directory.write("pairs.npy", complex_npy("(120, 4)", s.vectors));
    directory.write("y.npy", npy({s.m}, s.traces()));
    directory.write("e.npy", npy({s.m}, energies));
    directory.write("d.npy", npy({s.m}, differences));
    directory.write("p.csv", pauli_rows(s));
    const json found =
        check_recovered("--sensing hermitian:H.npy --measurements y.npy --estimate-out Z.npy", directory);
    CHECK(found["shape"] == "complex");
    CHECK(found["rows"] == 4);
    CHECK(found["unknowns"] == 2 * (2 * 4 - 2));
    CHECK(found["fidelity"].get<double>() > 1 - 1e-6);
    CHECK(found["fidelity"].get<double>() < 1 + 1e-9);
    CHECK(directory.read("U.npy").find("'<c16', 'fortran_order': False, 'shape': (4, 2)") !=
          std::string::npos);
    const tinyrank::app::npy_file estimate(directory.path("Z.npy"), true);
    std::vector<double> parts(32);
    estimate.copy_complex_rows<double>(0, 4, parts);
    double error = 0;
    for (std::size_t k = 0; k < 16; ++k)
      error = std::max(error, std::abs(complex(parts[2 * k], parts[2 * k + 1]) - s.truth[k]));
    CHECK(error < 1e-4);
    CHECK(check_recovered("--sensing hermitian:F.npy --measurements y.npy", directory)["factor_bits"] ==
          found["factor_bits"]);
    check_recovered("--sensing complex-rank-one:a.npy --measurements e.npy", directory);
    check_recovered("--sensing complex-rank-one-pairs:pairs.npy --measurements d.npy", directory);
    check_recovered("--sensing pauli:p.csv", directory);
    for (const char* transform : {"", ",transform=hadamard"}) {
      const told drawn = tell(std::string("--sensing phase:n=8,masks=10,seed=3") + transform +
                                  " --planted rank=1 --precision f64",
                              directory, 0, "recovered");
      CHECK(drawn.report["measurement_count"] == 80);
      CHECK(drawn.report["fidelity"].get<double>() > 1 - 1e-9);
    }
  }

  TEST_CASE("a matrix is scaled to a trace of 1 on request, and compared so") {
    const complex_sample s;
    const scratch_directory directory;
    directory.write("p.csv", pauli_rows(s));
    std::vector<complex> twice = s.truth;
    for (complex& entry : twice) entry *= 2;
    directory.write("truth.npy", complex_npy("(4, 4)", twice));
    const told all =
        tell("--sensing pauli:p.csv --precision f64 --truth truth.npy --unit-trace --estimate-out rho.csv",
             directory, 0, "recovered");
    CHECK(all.report["relative_test_error"].get<double>() < 1e-5);
    const std::string csv = directory.read("rho.csv");
    double trace = 0;
    std::size_t at = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      std::size_t cell = at;
      for (std::size_t k = 0; k < j; ++k) cell = csv.find(',', cell) + 1;
      trace += std::stod(csv.substr(cell));
      at = csv.find('\n', at) + 1;
    }
    CHECK(trace == doctest::Approx(1).epsilon(1e-9));
    // Without it the truth is twice what is found.
    const told raw =
        tell("--sensing pauli:p.csv --precision f64 --truth truth.npy", directory, 0, "recovered");
    CHECK(raw.report["relative_test_error"].get<double>() == doctest::Approx(0.5).epsilon(1e-4));
  }

  TEST_CASE("weights and measurements of Pauli strings are those of the rows of the file") {
    const complex_sample s;
    const scratch_directory directory;
    // YZ is the twelfth of them.
    directory.write("p.csv", pauli_rows(s, "YZ"));
    directory.write("truth.npy", complex_npy("(4, 4)", s.truth));
    std::vector<double> weights(16, 1);
    weights[11] = 0;
    directory.write("w.npy", npy({16}, weights));
    const std::string weighted = " --weights w.npy --method staircase --rank 2";
    const told all =
        tell("--sensing pauli:p.csv --precision f64 --truth truth.npy" + weighted, directory, 0, "recovered");
    CHECK(all.report["relative_test_error"].get<double>() < 1e-4);
    // The same values in a file of their own.
    std::string labels;
    std::vector<double> values;
    std::istringstream rows(pauli_rows(s, "YZ"));
    std::string line;
    std::getline(rows, line);
    while (std::getline(rows, line)) {
      labels += line.substr(0, 2) + "\n";
      values.push_back(std::stod(line.substr(3)));
    }
    directory.write("l.csv", labels);
    directory.write("y.npy", npy({16}, values));
    const told apart =
        tell("--sensing pauli:l.csv --measurements y.npy --precision f64 --truth truth.npy" + weighted,
             directory, 0, "recovered");
    CHECK(apart.report["factor_bits"] == all.report["factor_bits"]);
  }

  TEST_CASE("the error that is told is that of the matrix that is written, determined or not") {
    const rectangular_sample s;
    const scratch_directory directory;
    fractions random(33);
    std::vector<double> matrices(15 * s.rows * s.columns), y(15);
    for (double& value : matrices) value = random.next(64);
    for (std::size_t i = 0; i < 15; ++i) {
      for (std::size_t k = 0; k < s.truth.size(); ++k) y[i] += matrices[i * s.truth.size() + k] * s.truth[k];
    }
    directory.write("truth.npy", npy({s.rows, s.columns}, s.truth));
    directory.write("A.npy", npy({15, s.rows, s.columns}, matrices));
    directory.write("y.npy", npy({15}, y));
    const told all = tell(
        "--sensing rectangular-dense:A.npy --measurements y.npy --precision f64 --truth truth.npy "
        "--estimate-out M.npy",
        directory, 4, "not determined");
    const std::vector<double> found = elements_of(directory, "M.npy");
    double error = 0, size = 0;
    for (std::size_t k = 0; k < found.size(); ++k) {
      error += (found[k] - s.truth[k]) * (found[k] - s.truth[k]);
      size += s.truth[k] * s.truth[k];
    }
    CHECK(all.report["relative_test_error"].get<double>() ==
          doctest::Approx(std::sqrt(error / size)).epsilon(1e-9));
  }

  TEST_CASE("too few measurements of a rectangular or complex matrix do not determine it") {
    const scratch_directory directory;
    for (const char* arguments : {"--sensing bilinear:rows=6,columns=5,m=16 --planted rank=2",
                                  "--sensing complex-rank-one:n=6,m=18 --planted rank=2"}) {
      const run_result ended = run(std::string("recover ") + arguments + " --precision f64", directory);
      CHECK(ended.exit_code == 4);
      CHECK(ended.out.find(std::string(arguments).find("bilinear") != std::string::npos
                               ? "M = L R^T"
                               : "Z = W W^H") != std::string::npos);
    }
  }

  TEST_CASE("in the Frobenius norm an entry off the diagonal counts twice") {
    const scratch_directory directory;
    copy_data(directory, "ey_upper.csv");
    copy_data(directory, "ey_truth.npy");
    const std::vector<double> truth = elements_of(directory, "ey_truth.npy");
    const auto distance = [&](const std::string& option) {
      const run_result ended =
          run("recover --sensing entries:ey_upper.csv --rank 2 --method quasi-newton --precision f64 "
              "--estimate-out Z.npy" +
                  option,
              directory);
      CHECK(ended.exit_code == 3);
      const std::vector<double> found = elements_of(directory, "Z.npy");
      double squares = 0;
      for (std::size_t k = 0; k < truth.size(); ++k) squares += (found[k] - truth[k]) * (found[k] - truth[k]);
      return std::sqrt(squares);
    };
    // The best of rank 2 by Eckart and Young, and a fit that minds the diagonal more.
    CHECK(distance(" --frobenius") == doctest::Approx(8.5233).epsilon(1e-5));
    CHECK(distance("") > 9);
    // A whole table has its mirror images, each once.
    const std::string upper = "0,0,4\n0,1,2\n0,2,1\n1,1,3\n1,2,0.5\n2,2,2\n";
    directory.write("whole.csv", ",x,y,z\nx,4,2,1\ny,2,3,0.5\nz,1,0.5,2\n");
    directory.write("upper.csv", upper);
    const std::string one = " --method staircase --rank 1 --precision f64 --frobenius";
    const told of_whole = tell("--sensing entries:whole.csv" + one, directory, 0, "best fit");
    const told of_upper = tell("--sensing entries:upper.csv" + one, directory, 0, "best fit");
    CHECK(of_whole.report["loss"].get<double>() ==
          doctest::Approx(of_upper.report["loss"].get<double>()).epsilon(1e-6));
  }

  TEST_CASE("what cannot be is refused in a line that names it") {
    const rectangular_sample s;
    const complex_sample z;
    const scratch_directory directory;
    directory.write("H.npy", complex_npy("(60, 4, 4)", z.matrices));
    directory.write("a.npy", complex_npy("(15, 4)", {z.vectors.begin(), z.vectors.begin() + 60}));
    directory.write("y.npy", npy({60}, std::vector<double>(60, 1)));
    directory.write("B.npy", npy({60, 4}, std::vector<double>(240, 1)));
    directory.write("C.npy", npy({59, 4}, std::vector<double>(236, 1)));
    directory.write("table.csv", s.table());
    directory.write("p.csv", pauli_rows(z));
    const std::string measured_y = " --measurements y.npy";
    check_refused("--sensing dense:H.npy" + measured_y, "H.npy", directory);
    check_refused("--sensing bilinear:B.npy" + measured_y, "B.npy,C.npy", directory);
    check_refused("--sensing bilinear:B.npy,C.npy" + measured_y, "C.npy", directory);
    check_refused("--sensing complex-rank-one-pairs:a.npy" + measured_y, "a.npy", directory);
    check_refused("--sensing hermitian:a.npy" + measured_y, "a.npy", directory);
    check_refused("--sensing rectangular-dense:B.npy" + measured_y, "B.npy", directory);
    check_refused("--sensing rectangular:table.csv --method staircase --rank 5", "--rank", directory);
    check_refused("--sensing bilinear:rows=6,columns=5,m=9 --planted rank=6", "--planted rank", directory);
    check_refused("--sensing bilinear:rows=6,m=9 --planted rank=1", "columns=", directory);
    check_refused("--sensing phase:n=8,m=9 --planted rank=1", "'m'; there are n, masks, seed and transform",
                  directory);
    check_refused("--sensing phase:n=8,masks=9,transform=wavelet --planted rank=1", "'wavelet'", directory);
    check_refused("--sensing rectangular:table.csv --unit-trace", "--unit-trace", directory);
    check_refused("--sensing rectangular:table.csv --frobenius", "--frobenius", directory);
    check_refused("--sensing rectangular:table.csv --estimate-out M.txt", "M.txt", directory);
    check_refused("--sensing rectangular:table.csv --truth B.npy", "B.npy", directory);
    check_refused("--sensing rectangular:table.csv --measurements y.npy", "--measurements", directory);
    check_refused("--sensing pauli:p.csv --truth a.npy", "a.npy", directory);
    const auto refuse_file = [&](const std::string& kind, const std::string& text, const char* named) {
      directory.write("f.csv", text);
      CAPTURE(text);
      check_refused("--sensing " + kind + ":f.csv", named, directory);
    };
    refuse_file("pauli", "XI,1\nXQ,2\n", "f.csv:2: column 1");
    refuse_file("pauli", "XI,1\nXII,2\n", "f.csv:2: column 1");
    refuse_file("pauli", "XI,1\nZZ,2\nXI,1\n", "f.csv:3: column 1");
    refuse_file("pauli", "XI,1\nZZ,\n", "f.csv:2: column 2");
    refuse_file("pauli", "XI,1\nZZ,x\n", "f.csv:2: column 2");
    refuse_file("pauli", "XI,1,2\n", "f.csv");
    refuse_file("pauli", "label,value\n", "f.csv");
    refuse_file("rectangular", "a,x,1\na,y,2\nx,a,1\n", "f.csv:1: column 2");
    refuse_file("rectangular", ",a,b,c,a\nx,1,2,3,4\n", "f.csv:1: column 5");
    refuse_file("rectangular", ",a,b,c,d\nx,1,2,3,4\nx,1,2,3,4\n", "f.csv:3: column 1");
    refuse_file("rectangular", ",a,b,c,d\nx,1,2,3,4\ny,,,,\n", "'y'");
    refuse_file("rectangular", ",a,b,c,d\nx,1,2,3,\ny,1,2,,\n", "'d'");
    refuse_file("rectangular", ",a,b,c,d\nx,1,2,3,five\n", "f.csv:2: column 5");
    refuse_file("rectangular", ",a,b,c,d\n", "f.csv");
  }
}
