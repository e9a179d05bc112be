// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "default_threads.hpp"
#include "error.hpp"
#include "figures.hpp"
#include "output.hpp"

namespace {

using namespace tinyrank;
using namespace tinyrank::app;

struct figure {
  const char* name;
  void (*make)(const paper_settings&);
};

constexpr figure figures[] = {{"1", make_figure1},
                              {"2", make_figure2},
                              {"3", make_figure3},
                              {"6", make_figure6},
                              {"4", make_figure4},
                              {"5", make_figure5},
                              {"lmz1", make_overparameterized},
                              {"lmz2", make_projected},
                              {"lmz3", make_quadratic},
                              {"kappa", make_kappa}};

std::string names() {
  std::string text;
  for (const figure& each : figures) text += (text.empty() ? "" : ", ") + std::string(each.name);
  return text;
}

void run(const paper_settings& settings, const std::string& wanted) {
  bool found = false;
  for (const figure& each : figures) {
    if (!wanted.empty() && wanted != each.name) continue;
    found = true;
    each.make(settings);
  }
  if (!found)
    throw input_error("--figure: there is no figure " + in_quotes(wanted) + "; there are " + names());
}

}  // namespace

int main(int count, char** words) {
  occupy_standard_streams();
  remove_temporaries_on_signal();
  CLI::App app(
      "tinyrank-paper: the numbers of every figure; what is there already is kept, what was begun is "
      "continued");
  paper_settings settings;
  std::string wanted;
  unsigned threads = default_threads();
  app.add_option("--output", settings.directory, "directory for NAME.csv and NAME.json")->required();
  app.add_option("--figure", wanted, "only this one: " + names());
  app.add_flag("--quick", settings.quick, "small sizes, seconds");
  app.add_option("--threads", threads, "threads; the rows do not depend on them");
  app.add_option("--checkpoint-seconds", settings.checkpoint_seconds, "between two checkpoints")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--quiet", settings.quiet, "no progress");
  CLI11_PARSE(app, count, words);
  try {
    if (check_plan({threads, settings.plan.shards}) == status::ok) settings.plan.threads = threads;
    std::error_code failed;
    std::filesystem::create_directories(settings.directory, failed);
    if (failed) throw file_error(settings.directory, failed.message());
    run(settings, wanted);
    return 0;
  } catch (const input_error& error) {
    std::cerr << "tinyrank-paper: " << error.what() << '\n';
  } catch (const std::bad_alloc&) {
    std::cerr << "tinyrank-paper: out of memory\n";
  } catch (const std::exception& error) {
    std::cerr << "tinyrank-paper: " << printable(error.what()) << '\n';
  }
  return 2;
}
