// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "problem.hpp"

#include <algorithm>
#include <cmath>

#include "error.hpp"
#include "npy.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::app {
namespace {

template <class T>
void measure_planted(problem<T>& made, const planted_argument& planted, execution_plan plan,
                     instruction_set isa) {
  const std::size_t n = made.sensing.n;
  if (planted.rank > n) {
    throw input_error("--planted rank: " + std::to_string(planted.rank) +
                      " is larger than n = " + std::to_string(n));
  }
  made.measured_by = "--planted";
  made.planted_storage = aligned_buffer<T>("--planted", factor_count<T>(n, planted.rank));
  const factor_view<T> truth{made.planted_storage.data(), n, planted.rank, padded<T>(n)};
  draw_planted_truth(truth, static_cast<T>(planted.condition_number), planted.seed);
  made.planted = truth;
  require_memory("--planted", std::uint64_t{made.sensing.measurement_count} * sizeof(T));
  made.y.resize(made.sensing.measurement_count);
  const aligned_buffer<std::byte> scratch("--planted", scratch_bytes(made.sensing, planted.rank, plan));
  workspace<T> how;
  require_ok("--planted",
             make_workspace(how, made.sensing, planted.rank, plan, isa, scratch.data(), scratch.size()));
  made.sensing.measure(how, made.planted, made.y.data());
}

template <class T>
void load_truth(problem<T>& made, const std::string& path) {
  const npy_file file(path);
  const auto shape = file.shape();
  const std::size_t n = made.sensing.n;
  if (shape.size() != 2 || shape[0] != n || shape[1] != n) {
    throw file_error(path, "shape " + file.shape_text() + " is not (n, n) with n = " + std::to_string(n));
  }
  made.truth = file.read_all<double>();
  double largest = 0;
  for (const double entry : made.truth) largest = std::max(largest, std::abs(entry));
  if (largest == 0) throw file_error(path, "the matrix is zero, so no relative error can be given");
  constexpr double rounding = 1e-4;  // of products that were formed in single precision
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      if (std::abs(made.truth[j * n + k] - made.truth[k * n + j]) <= rounding * largest) continue;
      throw file_error(path, "the matrix is not symmetric: entries (" + std::to_string(j) + ", " +
                                 std::to_string(k) + ") and (" + std::to_string(k) + ", " +
                                 std::to_string(j) + ") differ");
    }
  }
}

}  // namespace

void require_ok(const std::string& what, status value) {
  if (value != status::ok) throw input_error(what + ": " + to_string(value));
}

template <class T>
std::vector<T> read_per_measurement(const std::string& path, std::size_t measurement_count) {
  const npy_file file(path);
  const auto shape = file.shape();
  const bool vector = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!vector || shape[0] != measurement_count) {
    throw file_error(path, "shape " + file.shape_text() + " does not give one value for each of the " +
                               std::to_string(measurement_count) + " measurements");
  }
  return file.read_all<T>();
}

template <class T>
double problem<T>::test_error(factor_view<const T> factor) const {
  return planted.data != nullptr ? relative_test_error(factor, planted)
                                 : relative_test_error_full(factor, truth.data());
}

template <class T>
void load_problem(problem<T>& made, const problem_sources& sources, execution_plan plan, instruction_set isa,
                  const std::function<void(const std::string&)>& note) {
  const std::string_view what = sources.sensing.what;
  const bool given = !sources.measurements.empty() || sources.planted.has_value();
  const auto refuse_second = [&] {
    throw input_error("--sensing " + sources.sensing.text.substr(0, sources.sensing.text.find(':')) +
                      ": the file holds the measurements; leave out --measurements and --planted");
  };
  const auto require_either = [&](const std::string& why) {
    if (given && sources.measurements.empty() == sources.planted.has_value()) return;
    throw input_error(why + "give either --measurements y.npy or --planted rank=..");
  };
  // Contradictions are told before a large file is read, where they show.
  if (what == "distances") {
    if (given) refuse_second();
  } else if (what != "entries") {
    require_either("");
  }
  if (sources.planted && !sources.truth.empty()) {
    throw input_error("--truth: a --planted truth is known already; leave one out");
  }
  load_operator(made, sources.sensing, plan, isa, note);
  if (!made.y.empty()) {
    if (given) refuse_second();
  } else {
    require_either(printable(sources.sensing.path) + ": has no column of values; ");
  }
  if (sources.planted) measure_planted(made, *sources.planted, plan, isa);
  if (!sources.measurements.empty()) {
    made.y = read_per_measurement<T>(sources.measurements, made.sensing.measurement_count);
    made.measured_by = sources.measurements;
  }
  if (!sources.truth.empty()) load_truth(made, sources.truth);
}

template std::vector<float> read_per_measurement(const std::string&, std::size_t);
template std::vector<double> read_per_measurement(const std::string&, std::size_t);
template struct problem<float>;
template struct problem<double>;
template void load_problem(problem<float>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);
template void load_problem(problem<double>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);

}  // namespace tinyrank::app
