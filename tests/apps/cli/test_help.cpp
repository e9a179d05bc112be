// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What the program says of itself: help, manual page, completion.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "program.hpp"

using namespace tinyrank::test;

namespace {

const std::vector<std::string> subcommands = {"recover", "advise", "convert", "info", "completion", "man"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The lines below "Examples:", without their indentation.
std::vector<std::string> examples_of(const std::string& help) {
  std::vector<std::string> found;
  bool is_example = false;
  for (const std::string& line : lines_of(help)) {
    if (is_example && line.empty()) break;
    if (is_example) found.push_back(line.substr(line.find_first_not_of(' ')));
    is_example = is_example || line == "Examples:";
  }
  return found;
}

/// What bash offers for a line, whose last word is the one that is completed.
std::string offered(const std::vector<std::string>& typed, const scratch_directory& directory) {
  std::string script = "source completion.bash\nCOMP_WORDS=(";
  for (const std::string& word : typed) script += "'" + word + "' ";
  script +=
      ")\nCOMP_CWORD=" + std::to_string(typed.size() - 1) + "\n_tinyrank\necho ${COMPREPLY[@]} > offered\n";
  directory.write("type.bash", script);
  if (std::system(("cd '" + directory.path() + "' && bash type.bash").c_str()) != 0) return "bash failed";
  return directory.read("offered");
}

}  // namespace

TEST_SUITE("help") {
  TEST_CASE("every subcommand has help that fits 100 columns, and three examples before the options") {
    const scratch_directory directory;
    for (const std::string& line : lines_of(run("--help", directory).out)) CHECK(line.size() <= 100);
    for (const std::string& name : subcommands) {
      INFO(name);
      const run_result help = run(name + " --help", directory);
      CHECK(help.exit_code == 0);
      CHECK(help.err == "");
      for (const std::string& line : lines_of(help.out)) {
        INFO(line);
        CHECK(line.size() <= 100);
        CHECK((line.empty() || line.back() != ' '));
        // Every value has a name that says what it is.
        CHECK(line.find(" TEXT") == std::string::npos);
      }
      const std::string values = name == "convert" ? " input output" : "";
      CHECK(help.out.find("Usage: tinyrank " + name + values + " [OPTIONS]\n") != std::string::npos);
      CHECK(examples_of(help.out).size() == 3);
      CHECK(help.out.find("Examples:") < help.out.find("Options:"));
      CHECK(run("--help", directory).out.find("  " + name) != std::string::npos);
    }
    // The one that is told nothing comes first.
    CHECK(examples_of(run("recover --help", directory).out).front().find("--rank") == std::string::npos);
  }

  TEST_CASE("help and manual page have the options of a recovery in groups") {
    const scratch_directory directory;
    const std::string help = run("recover --help", directory).out;
    const std::string page = run("man", directory).out;
    std::size_t at = 0, in_page = 0;
    for (const char* group : {"What was measured", "How to recover", "Methods that are told the rank",
                              "What is written", "The machine, and long runs"}) {
      INFO(group);
      at = help.find("\n\n" + std::string(group) + ":\n  --", at);
      in_page = page.find("\n.SS " + std::string(group) + "\n.TP\n.B \\-\\-", in_page);
      REQUIRE(at != std::string::npos);
      REQUIRE(in_page != std::string::npos);
    }
    CHECK(help.find("\n\n\n") == std::string::npos);
    CHECK(help.find("--sensing KIND:..", at) == std::string::npos);
    CHECK(help.find("--checkpoint FILE", at) != std::string::npos);
  }

  TEST_CASE("the examples do what they show") {
    const scratch_directory directory;
    std::filesystem::create_directory(directory.path("examples"));
    std::filesystem::copy_file(TINYRANK_EXAMPLES "/eurodist.csv", directory.path("examples/eurodist.csv"));
    for (const std::string name : {"recover", "advise"}) {
      for (const std::string& line : examples_of(run(name + " --help", directory).out)) {
        INFO(line);
        const run_result result = run(line.substr(line.find(' ') + 1), directory);
        CHECK(result.exit_code == 0);
      }
    }
    CHECK(directory.has("map.csv"));
    CHECK(directory.has("run.json"));
  }

  TEST_CASE("the manual page has every option, in roff that nothing is wrong with") {
    const scratch_directory directory;
    const run_result page = run("man", directory);
    CHECK(page.exit_code == 0);
    CHECK(page.out.starts_with(".TH TINYRANK 1\n"));
    for (const char* option : {"\\-\\-sensing", "\\-\\-truth\\-rank", "\\-\\-report"}) {
      CHECK(page.out.find(option) != std::string::npos);
    }
    for (const std::string& line : lines_of(page.out)) {
      // What begins like a request is one.
      if (line.starts_with(".")) {
        const std::string request = line.substr(0, line.find(' '));
        CHECK((request == ".TH" || request == ".SH" || request == ".SS" || request == ".TP" ||
               request == ".B" || request == ".I" || request == ".PP" || request == ".nf" ||
               request == ".fi"));
      }
    }
  }

  TEST_CASE("bash completes subcommands, options, choices and files") {
    const scratch_directory directory;
    REQUIRE(std::system("bash --version > /dev/null") == 0);
    const run_result script = run("completion", directory);
    CHECK(script.exit_code == 0);
    directory.write("completion.bash", script.out);
    directory.write("values.npy", "");
    CHECK(offered({"tinyrank", "rec"}, directory) == "recover\n");
    CHECK(offered({"tinyrank", "recover", "--meas"}, directory) == "--measurements\n");
    CHECK(offered({"tinyrank", "advise", "--truth"}, directory) == "--truth-rank\n");
    CHECK(offered({"tinyrank", "recover", "--method", "quasi"}, directory) == "quasi-newton\n");
    CHECK(offered({"tinyrank", "recover", "--sensing", "rade"}, directory) == "rademacher:\n");
    CHECK(offered({"tinyrank", "recover", "--loss", "hu"}, directory) == "huber\n");
    CHECK(offered({"tinyrank", "recover", "--center", ""}, directory) == "both rows columns\n");
    CHECK(offered({"tinyrank", "convert", "A.npy", "A", "--format", "i"}, directory) == "int8\n");
    CHECK(offered({"tinyrank", "recover", "--measurements", "val"}, directory) == "values.npy\n");
    CHECK(offered({"tinyrank", "recover", "--sensing", "dense", ":", "val"}, directory) == "values.npy\n");
  }
}
