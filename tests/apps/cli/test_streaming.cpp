// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "samples.hpp"
#include "shapes.hpp"

namespace {

using namespace tinyrank::test;
using nlohmann::json;

/// Matrices of multiples of 1/64, which bf16 does not hold and f4 does.
struct many_matrices {
  std::size_t n, m;
  std::vector<double> whole, packed;

  many_matrices(std::size_t side, std::size_t count) : n(side), m(count), whole(m * n * n) {
    fractions random(11);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          const double value = random.next(1000) * 1000 / 64;
          whole[(i * n + j) * n + k] = whole[(i * n + k) * n + j] = std::nearbyint(value * 64) / 64;
          packed.push_back(whole[(i * n + j) * n + k]);
        }
      }
    }
  }
  [[nodiscard]] std::vector<std::size_t> whole_shape() const { return {m, n, n}; }
  [[nodiscard]] std::vector<std::size_t> packed_shape() const { return {m, n * (n + 1) / 2}; }
};

std::string big_endian_npy(const std::vector<std::size_t>& shape, const std::vector<double>& values) {
  std::string extents, data;
  for (const std::size_t extent : shape) extents += std::to_string(extent) + ",";
  for (const double value : values) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    for (int byte = 7; byte >= 0; --byte) data += static_cast<char>(bits >> (8 * byte) & 255U);
  }
  return npy_text("{'descr': '>f8', 'fortran_order': False, 'shape': (" + extents + ")}", data);
}

/// A run that recovers what it planted, with these words; its report.
json report_of(const std::string& arguments, const scratch_directory& directory) {
  const run_result result = run("recover --report r.json --planted rank=2,seed=3 " + arguments, directory);
  INFO(arguments, ": ", result.err);
  CHECK((result.exit_code == 0 || result.exit_code == 3));
  if (!directory.has("r.json")) return json::object();
  json report = json::parse(directory.read("r.json"));
  std::filesystem::remove(directory.path("r.json"));
  return report;
}

bool was_streamed(const json& report) {
  for (const auto& note : report["notes"]) {
    if (note.get<std::string>().find("of rows stay in the file, which every pass reads") != std::string::npos)
      return true;
  }
  return false;
}

/// Where starting the program is what takes the time: each kind of rows once, and the rest of what may be
/// combined with it on hosts.
const bool is_light = has_emulator() || is_sanitized;

void check_same_bits(const std::string& sensing, const std::string& more,
                     const scratch_directory& directory) {
  INFO(sensing, " ", more);
  const json stored = report_of("--sensing " + sensing + more, directory),
             streamed = report_of("--memory 2K --sensing " + sensing + more, directory);
  CHECK(streamed["factor_bits"] == stored["factor_bits"]);
  CHECK(streamed["loss"] == stored["loss"]);
  CHECK(was_streamed(streamed));
  CHECK_FALSE(was_streamed(stored));
}

}  // namespace

TEST_SUITE("streaming") {
  TEST_CASE("rows that stay in their file give the bits of rows in memory") {
    const scratch_directory directory;
    const many_matrices a(37, 400);
    directory.write("whole4.npy", npy(a.whole_shape(), a.whole, {true, false}));
    directory.write("whole8.npy", npy(a.whole_shape(), a.whole));
    directory.write("packed4.npy", npy(a.packed_shape(), a.packed, {true, false}));
    directory.write("packed8.npy", npy(a.packed_shape(), a.packed));
    directory.write("big.npy", big_endian_npy(a.packed_shape(), a.packed));
    for (const std::string file : {"whole4", "whole8", "packed4", "packed8", "big"}) {
      check_same_bits("dense:" + file + ".npy", " --threads 1", directory);
      if (is_light && file != "packed4") continue;
      check_same_bits("dense:" + file + ".npy", " --threads 2 --precision f64 --method quasi-newton --rank 3",
                      directory);
    }
    if (is_light) return;
    check_same_bits("dense:packed4.npy", " --method explore", directory);
    check_same_bits("dense:packed4.npy", " --ridge auto", directory);
    check_same_bits("dense:packed4.npy", " --loss huber", directory);
  }

  TEST_CASE("vectors that stay in their file give the bits of vectors in memory") {
    const scratch_directory directory;
    fractions random(5);
    for (const std::size_t n : {21u, 1100u}) {
      if (is_light && n != 21) continue;
      std::vector<double> vectors(600 * n);
      for (double& value : vectors) value = random.next(512);
      directory.write("v.npy", npy({600, n}, vectors, {true, false}));
      for (const std::string kind : {"rank-one", "rank-one-pairs"}) {
        for (const std::string precision : {"f32", "f64"})
          check_same_bits(kind + ":v.npy", " --rank 2 --iterations 5 --precision " + precision, directory);
      }
    }
  }

  TEST_CASE("rectangles and complex matrices and vectors that stay in their files give the same bits") {
    const scratch_directory directory;
    fractions random(17);
    const auto numbers = [&](std::size_t count) {
      std::vector<double> values(count);
      for (double& value : values) value = random.next(512);
      return values;
    };
    const auto complex_numbers = [&](std::size_t count) {
      std::vector<complex> values(count);
      for (complex& value : values) value = {random.next(512), random.next(512)};
      return values;
    };
    directory.write("rectangles4.npy", npy({300, 7, 12}, numbers(300 * 7 * 12), {true, false}));
    directory.write("rectangles8.npy", npy({300, 7, 12}, numbers(300 * 7 * 12)));
    directory.write("b.npy", npy({300, 7}, numbers(300 * 7), {true, false}));
    directory.write("c.npy", npy({300, 12}, numbers(300 * 12)));
    directory.write("hermitian.npy", complex_npy("(300, 9, 9)", complex_numbers(300 * 9 * 9)));
    directory.write("real.npy", npy({300, 9, 9}, numbers(300 * 9 * 9), {true, false}));
    directory.write("vectors.npy", complex_npy("(600, 9)", complex_numbers(600 * 9)));
    for (const std::string sensing :
         {"rectangular-dense:rectangles4.npy", "rectangular-dense:rectangles8.npy", "bilinear:b.npy,c.npy",
          "hermitian:hermitian.npy", "hermitian:real.npy", "complex-rank-one:vectors.npy",
          "complex-rank-one-pairs:vectors.npy"}) {
      check_same_bits(sensing, " --rank 2 --iterations 5 --precision f32 --threads 2", directory);
      if (is_light) continue;
      // Real ones say nothing of the imaginary parts.
      const std::string told = sensing == "hermitian:real.npy" ? " --rank 2 --iterations 5" : "";
      check_same_bits(sensing, " --precision f64" + told, directory);
    }
    const std::string start = "recover --planted rank=2 --iterations 3 --rank 2 --memory 1K --sensing ";
    const run_result sides = run(start + "bilinear:b.npy,c.npy", directory);
    CHECK(sides.out.find("b.npy: 8.4 kB of rows stay in the file") != std::string::npos);
    CHECK(sides.out.find("c.npy: 28.8 kB of rows stay in the file") != std::string::npos);
    // Said once, as of matrices in memory.
    const run_result skewed = run(start + "hermitian:hermitian.npy", directory);
    const std::string said = "300 of 300 matrices are not Hermitian";
    const std::size_t at = skewed.out.find(said);
    REQUIRE(at != std::string::npos);
    CHECK(skewed.out.find(said, at + 1) == std::string::npos);
    // The last number of each.
    for (const auto& [kind, name] :
         {std::pair("rectangular-dense:", "rectangles4.npy"), std::pair("bilinear:b.npy,", "c.npy"),
          std::pair("hermitian:", "hermitian.npy"), std::pair("complex-rank-one:", "vectors.npy")}) {
      std::string text = directory.read(name);
      text.replace(text.size() - 4, 4, "\xff\xff\xff\xff");
      directory.write(name, text);
      check_error_line(run(start + kind + name, directory), std::string(name) + ": element [");
    }
  }

  TEST_CASE("memory is bounded by --memory and the arena, not by the file") {
    // An emulator has memory of its own, and so has the address sanitizer.
    if (has_emulator() || is_sanitized) return;
    const scratch_directory directory;
    constexpr std::size_t n = 60, m = 8000, entries = n * (n + 1) / 2;
    {
      std::string data(m * entries * sizeof(float), '\0');
      fractions random(3);
      for (std::size_t k = 0; k < m * entries; ++k) {
        const auto value = static_cast<float>(random.next(512));
        std::memcpy(data.data() + k * sizeof value, &value, sizeof value);
      }
      directory.write("A.npy",
                      npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': (8000, 1830)}", data));
    }
    const std::string command = "--threads 1 --rank 2 --iterations 3 --sensing dense:A.npy";
    const json report = report_of(command, directory);
    // What the program has without rows.
    constexpr rlim_t limit = rlim_t{4} << 20U, own = rlim_t{24} << 20U;
    const rlim_t allowed = limit + report["arena_bytes"].get<rlim_t>() + own;
    REQUIRE(allowed < m * entries * sizeof(float));
    const auto restrict_memory = [&] {
      const rlimit data{allowed, allowed};
      ::setrlimit(RLIMIT_DATA, &data);
    };
    const std::string rest = "recover --planted rank=2,seed=3 --report r.json " + command;
    check_error_line(run(rest, directory, restrict_memory), "A.npy: needs 58.");
    const run_result streamed = run(rest + " --memory 4M", directory, restrict_memory);
    INFO(streamed.err);
    CHECK(streamed.exit_code == 3);
    CHECK(json::parse(directory.read("r.json"))["factor_bits"] == report["factor_bits"]);
    const run_result converted = run("convert A.npy A.bf16", directory, restrict_memory);
    CHECK(converted.exit_code == 0);
    const run_result rounded = run("recover --planted rank=2 --threads 1 --sensing bf16:A.bf16 --memory 4M",
                                   directory, restrict_memory);
    INFO(rounded.err);
    CHECK(rounded.exit_code == 0);
  }

  TEST_CASE("a file that is cut or written to during the run ends it with one line") {
    const many_matrices a(37, 400);
    for (const bool is_cut : {true, false}) {
      const scratch_directory directory;
      directory.write("A.npy", npy(a.packed_shape(), a.packed, {true, false}));
      directory.write("out.npy", "old");
      program running(
          words("recover --quiet --memory 2K --sensing dense:A.npy --planted rank=2 --rank 3 --step 1e-12 "
                "--iterations 4000000000 --plateau-window 0 --factor-out out.npy --report out.json"),
          directory.path());
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      if (is_cut) {
        std::filesystem::resize_file(directory.path("A.npy"), 100000);
      } else {
        directory.write("A.npy", npy(a.packed_shape(), a.packed, {true, false}));
      }
      check_error_line(running.finish(), "A.npy: ");
      CHECK(directory.read("out.npy") == "old");
      CHECK_FALSE(directory.has("out.json"));
    }
  }

  TEST_CASE("what cannot be streamed is refused") {
    const scratch_directory directory;
    const many_matrices a(6, 60);
    directory.write("y.npy", npy({60}, std::vector<double>(60, 1)));
    directory.write("A.npy", npy(a.whole_shape(), a.whole));
    directory.write("F.npy", npy(a.whole_shape(), a.whole, {true, true}));
    directory.write("V.npy", npy({60, 6}, std::vector<double>(360, 0.5), {true, true}));
    std::vector<double> broken = a.whole;
    broken[3 * 36] = std::nan("");
    directory.write("nan.npy", npy(a.whole_shape(), broken));
    const std::string start = "--rank 2 --measurements y.npy --memory 1K --sensing ";
    check_refused(
        start + "dense:F.npy",
        "F.npy: is in Fortran order, where no row is in one piece to be read at every pass; tinyrank "
        "convert F.npy C.npy writes it in C order",
        directory);
    check_refused(start + "rank-one:V.npy", "V.npy: is in Fortran order", directory);
    check_refused(start + "dense:nan.npy", "nan.npy: element [3, 0, 0] is NaN", directory);
    check_refused(start + "bf16:A.npy",
                  "A.npy: takes 3.84 kB of memory in bf16; tinyrank convert A.npy A.bf16", directory);
    check_refused(start + "int8:A.npy",
                  "A.npy: takes 3.84 kB of memory in int8; tinyrank convert A.npy A.int8", directory);
    const std::string one_of = "--memory: is for files of dense, bf16, int8, rank-one, rank-one-pairs, ";
    check_refused(start + "entries:A.csv", one_of, directory);
    check_refused(start + "rank-one:n=6,m=60", one_of, directory);
    check_refused(start + "hermitian:F.npy", "F.npy: is in Fortran order", directory);
    check_refused(start + "rectangular-dense:F.npy", "F.npy: is in Fortran order", directory);
    check_refused(start + "complex-rank-one:V.npy", "V.npy: is in Fortran order", directory);
    directory.write("C.npy", npy({60, 6}, std::vector<double>(360, 0.5)));
    check_refused(start + "bilinear:V.npy,C.npy", "V.npy: is in Fortran order", directory);
    check_refused(start + "bilinear:C.npy,V.npy", "V.npy: is in Fortran order", directory);
    for (const std::string size : {"0", "-1", "2X", "G", "1e400", "nan", "1KB", "2 G", "0x10", "9999999T"}) {
      check_arguments_refused({"--sensing", "dense:A.npy", "--measurements", "y.npy", "--memory", size},
                              "--memory: '" + size + "' is not a positive size, such as 512M or 1.5G",
                              directory);
    }
    directory.write("y.npy", npy({59}, std::vector<double>(59, 1)));
    check_refused(start + "dense:A.npy",
                  "y.npy: shape (59) does not give one value for each of the 60 measurements", directory);
    // Above what the rows take, nothing is streamed.
    const json report = report_of("--memory 1.5M --sensing dense:F.npy", directory);
    CHECK_FALSE(was_streamed(report));
  }

  TEST_CASE("matrices that are not symmetric are counted once, before the run") {
    const scratch_directory directory;
    const sample s;
    s.write(directory);
    directory.write("A.npy", npy({s.m, s.n, s.n}, s.skewed()));
    const run_result result =
        run("recover --sensing dense:A.npy --measurements y.npy --rank 3 --memory 1K", directory);
    CHECK(result.exit_code == 0);
    const std::string said = "40 of 40 matrices are not symmetric";
    const std::size_t at = result.out.find(said);
    REQUIRE(at != std::string::npos);
    CHECK(result.out.find(said, at + 1) == std::string::npos);
  }
}

TEST_SUITE("conversion") {
  TEST_CASE("a converted file gives the bits of rounding at the start of a run, in memory and streamed") {
    const scratch_directory directory;
    const many_matrices a(37, 400);
    directory.write("A.npy", npy(a.whole_shape(), a.whole));
    for (const std::string kind : {"bf16", "int8"}) {
      const run_result converted = run("convert A.npy A." + kind, directory);
      INFO(converted.err);
      REQUIRE(converted.exit_code == 0);
      CHECK(converted.out.find("A." + kind + ": the matrices were rounded to " + kind) == 0);
      for (const std::string more : {" --precision f32", " --precision f64 --threads 2"}) {
        const json wanted = report_of("--sensing " + kind + ":A.npy" + more, directory),
                   found = report_of("--sensing " + kind + ":A." + kind + more, directory);
        CHECK(found["factor_bits"] == wanted["factor_bits"]);
        // The same sentence, of another file.
        std::string sentence = wanted["notes"][0];
        sentence.replace(0, 5, "A." + kind);
        CHECK(found["notes"][0] == sentence);
        check_same_bits(kind + ":A." + kind, more, directory);
        // By what is in it, not by its name.
        std::filesystem::copy_file(directory.path("A." + kind), directory.path("B.npy"));
        CHECK(report_of("--sensing dense:B.npy" + more, directory)["factor_bits"] == wanted["factor_bits"]);
        std::filesystem::remove(directory.path("B.npy"));
      }
    }
    check_refused("--planted rank=2 --sensing int8:A.bf16", "A.bf16: holds bf16 rows; --sensing bf16:A.bf16",
                  directory);
    check_refused("--planted rank=2 --sensing bf16:A.int8", "A.int8: holds int8 rows; --sensing int8:A.int8",
                  directory);
  }

  TEST_CASE("packed rows are written as numpy writes them, from either order and type") {
    const scratch_directory directory;
    const many_matrices a(6, 50);
    for (const auto& [name, text] : {std::pair("c4.npy", npy(a.whole_shape(), a.whole, {true, false})),
                                     std::pair("f8.npy", npy(a.whole_shape(), a.whole, {false, true})),
                                     std::pair("p8.npy", npy(a.packed_shape(), a.packed)),
                                     std::pair("pf4.npy", npy(a.packed_shape(), a.packed, {true, true}))}) {
      directory.write(name, text);
      const run_result result = run(std::string("convert --quiet ") + name + " out.npy", directory);
      CHECK(result.exit_code == 0);
      CHECK(result.out == "");
      const std::string found = directory.read("out.npy"),
                        data = npy(a.packed_shape(), a.packed, {true, false});
      const std::size_t bytes = a.packed.size() * sizeof(float);
      REQUIRE(found.size() == 128 + bytes);
      CHECK(found.substr(128) == data.substr(data.size() - bytes));
      CHECK(found.find("{'descr': '<f4', 'fortran_order': False, 'shape': (50, 21), }") == 10);
    }
    CHECK(run("convert p8.npy out.npy --format f64", directory).exit_code == 0);
    const std::string found = directory.read("out.npy"), data = npy(a.packed_shape(), a.packed);
    const std::size_t bytes = a.packed.size() * sizeof(double);
    REQUIRE(found.size() == 128 + bytes);
    CHECK(found.substr(128) == data.substr(data.size() - bytes));
  }

  TEST_CASE("what cannot be converted is refused, and an older file stays as it was") {
    const scratch_directory directory;
    const many_matrices a(5, 40);
    directory.write("A.npy", npy(a.whole_shape(), a.whole));
    std::vector<double> broken = a.whole;
    broken[39 * 25] = std::nan("");
    directory.write("nan.npy", npy(a.whole_shape(), broken));
    broken[39 * 25] = 1e300;
    directory.write("large.npy", npy(a.whole_shape(), broken));
    directory.write("flat.npy", npy({7}, std::vector<double>(7, 1)));
    directory.write("text.npy", "no numbers");
    directory.write("old.bf16", "old");
    REQUIRE(run("convert A.npy small.int8", directory).exit_code == 0);
    const auto refuse = [&](const std::string& arguments, const std::string& named) {
      INFO(arguments);
      const auto before = directory.snapshot();
      check_error_line(run("convert " + arguments, directory), named);
      CHECK((directory.snapshot() == before));
    };
    refuse("none.npy old.bf16", "none.npy: cannot open: No such file");
    for (const std::string format : {"bf16", "int8", "f32", "f64"}) {
      refuse("nan.npy old.bf16 --format " + format, "nan.npy: element [39, 0, 0] is NaN");
      refuse("A.npy /dev/full --format " + format, "/dev/full: cannot write: No space left");
    }
    refuse("large.npy old.bf16", "large.npy: matrix 39 has an entry that is too large for bf16");
    refuse("large.npy new.npy", "large.npy: matrix 39 has an entry that is too large for f32");
    refuse("flat.npy old.bf16", "flat.npy: shape (7) is neither (m, n, n) nor");
    refuse("text.npy old.bf16", "text.npy: not an npy file");
    refuse("small.int8 old.bf16", "small.int8: was rounded already");
    refuse("A.npy A.npy", "A.npy: is what is to be converted");
    refuse("A.npy ./A.npy --format bf16", "A.npy: is what is to be converted");
    refuse("A.npy A.xyz", "A.xyz: ends in none of .bf16, .int8 and .npy; --format says");
    refuse("A.npy A.bf16 --format f16", "--format: 'f16' is not bf16, int8, f32 or f64");
    refuse("A.npy none/A.bf16", "none/A.bf16: cannot write: its directory: No such file");
    refuse("A.npy /dev/stdout --format bf16", "/dev/stdout: cannot write: its start is written last");
    refuse("A.npy", "output is required");
    refuse("A.npy A.bf16 B.bf16", "unexpected argument 'B.bf16'");
    // A disk that fills up.
    const auto before = directory.snapshot();
    const run_result full = run("convert A.npy old.bf16", directory, [] {
      const rlimit size{1024, 1024};
      ::setrlimit(RLIMIT_FSIZE, &size);
    });
    check_error_line(full, "old.bf16: cannot write: File too large");
    CHECK((directory.snapshot() == before));
  }

  TEST_CASE("torn and foreign files are refused") {
    const scratch_directory directory;
    const many_matrices a(12, 20);
    directory.write("A.npy", npy(a.whole_shape(), a.whole));
    for (const std::string kind : {"bf16", "int8"}) {
      REQUIRE(run("convert A.npy A." + kind, directory).exit_code == 0);
      const std::string good = directory.read("A." + kind);
      const std::string start = "--planted rank=2 --sensing " + kind + ":T";
      for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 23) {
        directory.write("T", good.substr(0, size));
        check_refused(start, "T: ", directory);
      }
      directory.write("T", good.substr(0, good.size() - 1));
      check_refused(start, "T: is truncated: 20 matrices, n = 12, in " + kind, directory);
      directory.write("T", good + "x");
      check_refused(start, "T: has bytes after its rows: 20 matrices", directory);
      const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        directory.write("T", text);
      };
      const std::string foreign = "T: looks like " + kind + " rows of tinyrank convert, but its header";
      for (const auto& [from, to] :
           {std::pair("n=12", "n=10"), std::pair("n=12", "n=00"), std::pair("n=12", "n=x2"),
            std::pair("rounded=", "rounded:"), std::pair("(20,)", "(00,)"), std::pair("False", "True "),
            std::pair("e-0", "e+0"), std::pair("NUMPY\1", "NUMPY\2")}) {
        changed(from, to);
        check_refused(start, foreign, directory);
      }
      std::string text = good;
      if (kind == "bf16") {
        text[text.size() - 191] = '\x7f';
        text[text.size() - 192] = '\x80';
      } else {
        const std::size_t record = text.size() - 192;  // a scale, and a row of 128 bytes
        text[record + 2] = '\x80';
        text[record + 3] = '\x7f';
      }
      directory.write("T", text);
      check_refused(start, "T: matrix 19 is not finite", directory);
      check_refused(start + " --memory 1K", "T: matrix 19 is not finite", directory);
    }
  }
}
