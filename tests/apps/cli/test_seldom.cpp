// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What seldom happens: refusals of inputs that are nearly right, and sentences of few runs.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "shapes.hpp"
#include "staircase.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

struct refused_case {
  std::string arguments, named;
};

void check_all(const scratch_directory& directory, const std::vector<refused_case>& cases) {
  for (const refused_case& each : cases) check_refused(each.arguments, each.named, directory);
}

/// What a run prints that ends with this code.
std::string told_by(const std::string& arguments, const scratch_directory& directory, int exit_code = 0) {
  const run_result result = run("recover " + arguments, directory);
  INFO(arguments, ": ", result.out, result.err);
  CHECK(result.exit_code == exit_code);
  return result.out + result.err;
}

void check_says(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_SUITE("what seldom happens") {
  TEST_CASE("arguments that are nearly right") {
    const scratch_directory directory;
    sample().write(directory);
    check_all(directory,
              {
                  {"--rank 2 --sensing gaussian:=3,m=4 --planted rank=1",
                   "--sensing: '=3' is not of the form key=value"},
                  {"--rank 2 --sensing hadamard:n=4,m=1000 --planted rank=1",
                   "--sensing m: a transform for n = 4 has 16 rows, fewer than 1000"},
                  {"--rank 2 --sensing rank-one:there/x=1 --measurements y.npy",
                   "there/x=1: cannot open: No such file"},
                  {"--rank 2 --sensing rank-one:x=1.npy --measurements y.npy",
                   "x=1.npy: cannot open: No such file"},
                  {"--sensing phase:n=46341,masks=18446744073709551615 --planted rank=1", "masks"},
                  {dense + "--method momentum --memory K", "--memory: 'K' is not a positive size"},
                  {dense + "--shards 0", "--shards: '0' is not a whole number from 1 to 4096"},
                  {dense + "--shards 4097", "--shards: '4097' is not a whole number from 1 to 4096"},
                  {"--sensing dense:A.npy --measurements y.npy --method staircase --plateau-window 5",
                   "--plateau-window: is no parameter of --method staircase"},
                  {"--sensing dense:A.npy --measurements y.npy --ridge 1 --frobenius",
                   "--frobenius: is no option beside --ridge"},
                  {"--sensing dense:A.npy --measurements y.npy --rank --iterations 5",
                   "--rank: the value is missing before --iterations"},
              });
    check_arguments_refused({"--sensing", "dense:A.npy", "--measurements", "y.npy", "--memory", ""},
                            "--memory: the value is empty", directory);
  }

  TEST_CASE("parts of a sum change its rounding, whatever the threads") {
    const scratch_directory directory;
    const auto bits = [&](const std::string& more) {
      told_by(planted + "--iterations 20 --quiet --report r.json " + more, directory, 3);
      return json::parse(directory.read("r.json"))["factor_bits"].get<std::string>();
    };
    const std::string one = bits("--shards 1 --threads 1");
    CHECK(bits("--shards 1 --threads 2") == one);
    CHECK(bits("--shards 8 --threads 2") == bits("--shards 8 --threads 1"));
    CHECK(bits("--shards 8 --threads 2") != one);
  }

  TEST_CASE("files of a shape that is nearly right") {
    const scratch_directory directory;
    const complex_sample s;
    std::vector<double> ones(60, 1);
    directory.write("y.npy", npy({60}, ones));
    directory.write("B.npy", npy({60, 1}, ones));
    directory.write("cube.npy", npy({60, 1, 1}, ones));
    directory.write("H.npy", complex_npy("(60, 2, 8)", s.matrices));
    std::vector<complex> truth = s.truth;
    truth[1] += complex(0, 50);
    directory.write("truth.npy", complex_npy("(4, 4)", truth));
    directory.write("good.npy", complex_npy("(60, 4, 4)", s.matrices));
    directory.write("P.csv", "0,0\n0,1\n1,0\n1,1\n");
    directory.write("four.npy", npy({4}, {1, 7, 3, 2}));
    check_all(
        directory,
        {
            {"--sensing bilinear:B.npy --measurements y.npy", "--sensing bilinear:B.npy: names two files"},
            {"--sensing bilinear:,B.npy --measurements y.npy", "--sensing bilinear:,B.npy: names two files"},
            {"--sensing bilinear:B.npy, --measurements y.npy", "--sensing bilinear:B.npy,: names two files"},
            {"--sensing bilinear:B.npy,cube.npy --measurements y.npy",
             "cube.npy: shape (60, 1, 1) is not (m, length): one vector in each row"},
            {"--sensing hermitian:H.npy --measurements y.npy", "H.npy: shape (60, 2, 8) is not (m, n, n)"},
            {"--sensing hermitian:good.npy --measurements y.npy --truth truth.npy",
             "truth.npy: the matrix is not Hermitian: entries (1, 0) and (0, 1) are not conjugate"},
            {"--sensing rectangular:P.csv --measurements four.npy --range 1,5",
             "four.npy: measurement 1 is 7.0, outside --range 1,5"},
            {"--sensing rectangular:P.csv --measurements four.npy --unit-trace",
             "--unit-trace: a rectangular matrix has no trace"},
            {"--sensing rectangular:P.csv --measurements four.npy --ridge 1 --rank 3",
             "--rank: 3 columns for 2 x 2; no rank is above 2"},
        });
    directory.write("four.npy", npy({4}, {1, 5, 3, 2}));
    check_says(
        told_by(
            "--sensing rectangular:P.csv --measurements four.npy --range 1,5 --rank 2 --estimate-out M.csv",
            directory),
        "0 of the 4 entries were outside --range 1,5");
  }

  TEST_CASE("outputs that cannot be written as they are named") {
    const scratch_directory directory;
    sample().write(directory);
    const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(listening >= 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = directory.path("socket");
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    check_all(directory, {
                             {dense + "--trace socket", "socket: cannot write: No such device or address"},
                             {dense + "--trace ./", "./: cannot write: Is a directory"},
                             {dense + "--trace /dev/fd/0", "/dev/fd/0: cannot write: Bad file descriptor"},
                             {dense + "--trace /dev/fd/63", "/dev/fd/63: cannot write: Bad file descriptor"},
                             {dense + "--trace /dev/fd/x", "/dev/fd/x: cannot write: "},
                             {dense + "--trace /dev/fd/99999999999", "/dev/fd/99999999999: cannot write: "},
                         });
    ::close(listening);
    const run_result result =
        run("recover " + dense + "--iterations 2 --quiet --trace /dev/stderr", directory);
    CHECK(result.exit_code == 3);
    CHECK(result.err.starts_with("iteration,loss"));
  }

  TEST_CASE("what is said of an input that is not as it should be") {
    const scratch_directory directory;
    complex_sample s;
    std::vector<complex> skew = s.matrices;
    skew[1] += complex(1, 0);
    skew[4] -= complex(1, 0);
    directory.write("H.npy", complex_npy("(60, 4, 4)", skew));
    directory.write("y.npy", npy({60}, s.traces()));
    directory.write("truth.npy", complex_npy("(4, 4)", s.truth));
    const std::string of_skew = told_by(
        "--sensing hermitian:H.npy --measurements y.npy --truth truth.npy --precision f64", directory);
    check_says(
        of_skew,
        "H.npy: 1 of 60 matrices are not Hermitian; (H + H^H)/2 is used, which measures the real part");
    check_says(of_skew, "fidelity 1 - ");
    directory.write("S.csv", "0,0,0,1\n0,0,0,3\n1,1,1,1\n2,1,0,1\n");
    directory.write("y3.npy", npy({3}, {2, 1, 1}));
    check_says(told_by("--sensing sparse:S.csv --measurements y3.npy --rank 1", directory, 3),
               "S.csv: 1 entry has several values, and the mean is taken");
    directory.write("R.csv", "0,0,1\n0,1,2\n1,0,2\n1,1,4\n2,2,3\n2,3,6\n3,2,1\n3,3,2\n");
    check_says(
        told_by("--sensing rectangular:R.csv --rank 1", directory, 4),
        "R.csv: rows and columns fall into 2 groups that no known entry connects; the entries between");
  }

  TEST_CASE("names with commas and quotes are quoted in a table") {
    const scratch_directory directory;
    directory.write("R.csv", ",\"a, b\",\"say \"\"c\"\"\",d\nu,1,2,3\n\"v, w\",2,4,6\nx,3,6,9\n");
    told_by(
        "--sensing rectangular:R.csv --method gradient-descent --rank 1 --precision f64 --estimate-out M.csv "
        "--quiet",
        directory);
    const std::string text = directory.read("M.csv");
    CHECK(text.starts_with(",\"a, b\",\"say \"\"c\"\"\",d\nu,"));
    CHECK(text.find("\n\"v, w\",") != std::string::npos);
    // Read again it is the same table.
    told_by(
        "--sensing rectangular:M.csv --method gradient-descent --rank 1 --precision f64 --estimate-out N.csv "
        "--quiet",
        directory);
    CHECK(directory.read("N.csv").starts_with(",\"a, b\",\"say \"\"c\"\"\",d\nu,"));
    directory.write("C.csv", "a,b,c,d\n1,2,3,4\n2,4,6,8\n3,6,9,12\n");
    told_by(
        "--sensing rectangular:C.csv --method gradient-descent --rank 1 --precision f64 --estimate-out M.csv "
        "--quiet",
        directory);
    CHECK(directory.read("M.csv").starts_with("a,b,c,d\n"));
  }

  TEST_CASE("a matrix of trace zero is not scaled to trace 1") {
    const scratch_directory directory;
    directory.write("E.csv", "0,0,-1\n1,1,-2\n0,1,0\n");
    check_says(told_by("--sensing entries:E.csv --unit-trace --factor-out U.npy", directory, 2),
               "\ntinyrank: --unit-trace: the trace of the matrix that was found is 0\n");
    CHECK_FALSE(directory.has("U.npy"));
  }

  TEST_CASE("means that explain everything") {
    const scratch_directory directory;
    directory.write("row.csv", "0,0,5\n0,1,5\n0,2,5\n");
    directory.write("column.csv", "0,0,5\n1,0,5\n2,0,5\n");
    directory.write("one.csv", "0,0,5\n0,1,3\n");
    check_all(
        directory,
        {
            {"--sensing rectangular:row.csv --center rows",
             "--center: means of 1 row explain every value to rounding; nothing is left to tell more"},
            {"--sensing rectangular:column.csv --center columns",
             "--center: means of 1 column explain every value to rounding"},
            {"--sensing rectangular:one.csv --center both",
             "--center: means of 1 row and 2 columns are 2 unknowns, and there are 2 measurements; none"},
        });
  }

  TEST_CASE("sentences of few ridges") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    const std::string measured_by = "--sensing dense:A.npy --measurements y.npy --precision f64 ";
    const std::string few =
        told_by(measured_by + "--method quasi-newton --ridge 1e-6 --rank 1 --iterations 1", directory, 3);
    check_says(few, "; a penalty on the factor, 1 column\n");
    check_says(few, " after 1 iteration, ");
    check_says(few, "\n--iterations allows more than 1");
    check_says(told_by(measured_by + "--ridge 1e-6 --rank 1", directory),
               "\nall 1 column is in use: a higher --rank may fit better");
    // Nothing foretells what has nothing to do with the matrices.
    fractions random(90);
    std::vector<double> noise(200);
    for (double& value : noise) value = random.next(1000);
    directory.write("y.npy", npy({noise.size()}, noise));
    check_says(
        told_by("--sensing gaussian:n=6,m=200 --measurements y.npy --precision f64 --ridge auto", directory),
        "\nno matrix foretells them better than none");
    const complex_sample c;
    directory.write("H.npy", complex_npy("(60, 4, 4)", c.matrices));
    directory.write("y.npy", npy({60}, c.traces()));
    directory.write("truth.npy", complex_npy("(4, 4)", c.truth));
    const std::string of_complex =
        "--sensing hermitian:H.npy --measurements y.npy --truth truth.npy --precision f64 --report r.json ";
    check_says(told_by(of_complex + "--ridge 1e-3 ", directory), ", fidelity ");
    CHECK(json::parse(directory.read("r.json"))["fidelity"].get<double>() > 0.999);
    told_by(of_complex + "--method gradient-descent --rank 2", directory);
    CHECK(json::parse(directory.read("r.json"))["fidelity"].get<double>() > 0.99999);
  }

  TEST_CASE("a wild measurement of no place has its number") {
    const scratch_directory directory;
    sample s;
    s.y[7] += 1000;
    s.write(directory);
    const told wild = tell(measured + "--loss huber ", directory, 0, "recovered");
    check_says(wild.out, "\n1 measurement left out as wild, farthest off measurement 7");
    CHECK(wild.report["worst_outlier"] == 7);
  }

  TEST_CASE("means may leave a single measurement") {
    const scratch_directory directory;
    directory.write("R.csv", "0,0,1\n0,1,2\n");
    const std::string text = told_by("--sensing rectangular:R.csv --center rows", directory, 4);
    check_says(text,
               "--center: the least-squares fit of means of 1 row, 1 unknowns, was taken off; root mean");
    check_says(text, "\nrank 1 has 2 unknowns, and there is only 1 measurement that counts beside the means");
  }
  TEST_CASE("what is compressed in its archive cannot stay there") {
    const scratch_directory directory;
    for (const char* name : {"deflated.npz", "stored.npz"}) {
      std::filesystem::copy(std::string(TINYRANK_TEST_DATA) + "/npy/" + name, directory.path());
    }
    check_refused("--sensing dense:deflated.npz:A --measurements deflated.npz:y --memory 1K",
                  "deflated.npz:A: is compressed in its archive, so that its rows cannot be read at every "
                  "pass; numpy.savez",
                  directory);
    check_says(told_by("--sensing dense:stored.npz:A --measurements stored.npz:y --memory 1K", directory),
               "stored.npz:A: 17.3 kB of rows stay in the file, which every pass reads");
  }

  TEST_CASE("one thread is one, and the limit of an exploration has two names") {
    const scratch_directory directory;
    const run_result advice = run("advise --n 10 --truth-rank 1 --measurements 100", directory,
                                  [] { ::setenv("OMP_NUM_THREADS", "1", 1); });
    CHECK(advice.exit_code == 0);
    check_says(advice.out, "  memory in f32 with 1 thread, beside A and y:\n");
    sample().write(directory);
    check_says(told_by(measured + "--method explore --rank 1", directory),
               "a higher one may fit better: --explore-rank, or --rank allows it");
  }
}
