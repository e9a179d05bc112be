// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <iostream>

#include "demo.hpp"
#include "error.hpp"
#include "output.hpp"

int main(int count, char** words) {
  using namespace tinyrank::app;
  occupy_standard_streams();
  remove_temporaries_on_signal();
  CLI::App app("tinyrank-demo: the seed paper's experiment, and a map from road distances");
  std::string table, directory;
  app.add_option("--eurodist", table, "eurodist.csv")->required();
  app.add_option("--output", directory, "existing directory for phases.csv, staircase.csv and map.csv")
      ->required();
  bool quick = false;
  app.add_flag("--quick", quick, "the experiment at a small size");
  CLI11_PARSE(app, count, words);
  try {
    run_paper_experiment(directory, quick);
    run_map(table, directory + "/map.csv");
    return 0;
  } catch (const input_error& error) {
    std::cerr << "tinyrank-demo: " << error.what() << '\n';
    return 2;
  }
}
