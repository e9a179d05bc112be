// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <map>
#include <string>

namespace tinyrank::app {

inline constexpr int exit_recovered = 0, exit_bad_input = 2, exit_not_recovered = 3, exit_not_determined = 4;

/// The arguments of `tinyrank recover`, as given; an empty text means that the argument was left out.
struct recover_arguments {
  std::string sensing, measurements, planted, rank;
  std::string method;                             ///< empty: by the other options, see method_help
  std::map<std::string, std::string> parameters;  ///< of the method, those that were given
  std::string init_scale, init, step, iterations, tolerance, relative_tolerance, seed, threads, shards,
      precision = "f32", isa;
  std::string explore_rank, weights, loss;  ///< of the staircase
  std::string truth, factor_out, estimate_out, trace, report;
  std::string center, range, ridge;
  std::string checkpoint, checkpoint_every, resume;
  bool unit_trace = false;
  bool frobenius = false;      ///< --sensing entries: one off the diagonal counts twice
  std::string plateau_window;  ///< of the methods of descent
  std::string memory;          ///< what stored rows may take
  bool squared = false;        ///< --sensing distances: the file has their squares
  bool unchecked = false;      ///< no second look at what a method leaves that is told the rank
  bool quiet = false;
};

/// What --isa may be: "scalar, avx2, ... or auto".
std::string instruction_set_choices();

/// Returns the exit code. Errors: input_error (exit code 2, nothing written).
int run_recover(const recover_arguments& arguments);

/// The arguments of `tinyrank advise`, as given; an empty text means that the argument was left out.
struct advise_arguments {
  std::string n, rank, truth_rank, condition_number = "1", measurements, norm = "1", scale, step;
};

/// Prints what the staircase took in measurements of its own and will take of memory, what the experiments of
/// arXiv 2106.15013 took, and, for a factor of `rank` columns, what theorem 3.3 there suggests for these
/// sizes and what it does not cover. Returns the exit code. Errors: input_error.
int run_advise(const advise_arguments& arguments);

/// The arguments of `tinyrank convert`, as given; an empty format means by the name of the output.
struct convert_arguments {
  std::string input, output, format;
  bool quiet = false;
};

/// Writes symmetric matrices in the form in which they are read fastest. Returns the exit code. Errors:
/// input_error (nothing written).
int run_convert(const convert_arguments& arguments);

/// Prints version, instruction sets, threads and the measured memory bandwidth. Returns the exit code.
int run_info();

}  // namespace tinyrank::app
