// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "runs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "apps/common/staircase_recovery.hpp"
#include "refusal.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::python {
namespace {

using app::aligned_buffer;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// A factor in the library's layout.
template <class T>
class columns_of_factor {
 public:
  columns_of_factor(const char* argument, std::size_t n, std::size_t rank)
      : cells_(argument, elements(argument, n, rank)), view_{cells_.data(), n, rank, padded<T>(n)} {
    std::fill(cells_.data(), cells_.data() + cells_.size(), T(0));
  }
  columns_of_factor(const char* argument, const T* rows, std::size_t n, std::size_t rank)
      : columns_of_factor(argument, n, rank) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < rank; ++c) view_(j, c) = rows[j * rank + c];
    }
  }
  [[nodiscard]] factor_view<T> view() const { return view_; }

 private:
  static std::size_t elements(const char* argument, std::size_t n, std::size_t rank) {
    if (n == 0 || n > largest_dimension) throw refusal(explain(status::dimension));
    if (rank == 0) throw refusal(explain(status::rank, argument));
    if (rank > SIZE_MAX / sizeof(T) / padded<T>(n)) throw refusal(explain(status::size_overflow, argument));
    return factor_count<T>(n, rank);
  }

  aligned_buffer<T> cells_;
  factor_view<T> view_;
};

template <class T>
void copy_rows(factor_view<const T> from, T* rows) {
  for (std::size_t j = 0; j < from.n; ++j) {
    for (std::size_t c = 0; c < from.rank; ++c) *rows++ = from(j, c);
  }
}

template <class T>
rows_of_factor<T> rows_of(factor_view<const T> from) {
  rows_of_factor<T> rows{std::vector<T>(from.n * from.rank), from.n, from.rank};
  copy_rows(from, rows.data.data());
  return rows;
}

template <class T>
void finish(answer<T>& found, factor_view<const T> factor) {
  found.factor = rows_of(factor);
  found.factor_bits = factor_bits(factor);
  found.singular_values.resize(std::min(factor.n, factor.rank));
  std::vector<double> work(factor.n * factor.rank);
  if (factor.rank != 0) singular_values(factor, work.data(), found.singular_values.data());
}

/// The workspace of one call.
template <class T>
class call {
 public:
  call(const problem<T>& a, std::size_t rank, execution_plan plan, instruction_set isa) {
    require(check_plan(plan));
    const std::size_t bytes = scratch_bytes(a.sensing, rank, plan);
    if (bytes == SIZE_MAX) throw refusal(explain(status::size_overflow, "rank"));
    scratch_ = aligned_buffer<std::byte>("rank", bytes);
    require(make_workspace(how_, a.sensing, rank, plan, isa, scratch_.data(), scratch_.size()));
  }
  [[nodiscard]] const workspace<T>& how() const { return how_; }

 private:
  aligned_buffer<std::byte> scratch_;
  workspace<T> how_;
};

aligned_buffer<std::byte> arena_of(std::size_t bytes, const char* argument) {
  if (bytes == SIZE_MAX) throw refusal(explain(status::size_overflow, argument));
  return {argument, bytes};
}

template <class T>
std::uint64_t count_measurements(const problem<T>& a, const recovery_options<T>& options,
                                 std::uint64_t outliers) {
  std::uint64_t counted = a.sensing.measurement_count;
  if (options.weights != nullptr) {
    const T* end = options.weights + a.sensing.measurement_count;
    counted -= static_cast<std::uint64_t>(std::count(options.weights, end, T(0)));
  }
  counted -= std::min(counted, outliers);
  return counted - std::min<std::uint64_t>(counted, options.spent);
}

}  // namespace

template <class T>
recovered_answer<T> recover(const problem<T>& a, const sensing_operator<T>& sensing, const T* y,
                            recovery_options<T> options, const watcher& watch) {
  require(check_plan(options.plan));
  if (options.probes == 0 && a.forms_matrix) options.probes = sensing.n;
  for (const std::size_t columns : {options.rank_limit, options.explore_rank}) {
    if (columns > largest_rank(sensing.shape, sensing.n)) throw refusal(explain(status::rank));
  }
  const aligned_buffer<std::byte> arena = arena_of(recovery_bytes(sensing, options), "rank");
  recovered_answer<T> found;
  recovery<T> run;
  require(init_operator(run, sensing, y, options, arena.data(), arena.size()));
  std::uint32_t entries = UINT32_MAX;
  const auto look = [&] {
    const seen now{run.report.passes, run.report.rank_found, static_cast<double>(run.report.loss), 0};
    if (entries != run.report.entries) found.trace.push_back(now);
    entries = run.report.entries;
    return watch(now);
  };
  bool goes_on = look();
  while (run.report.result == outcome::running) {
    if (!goes_on) {
      stop(run);
      break;
    }
    const auto start = clock::now();
    step(run);
    found.seconds += seconds_since(start);
    goes_on = look();
  }
  found.report = run.report;
  found.counted = count_measurements(a, options, run.report.outliers);
  finish(found, run.factor);
  if (run.report.verdict != verdict::none && run.freedom.rank != 0) {
    found.directions = rows_of(run.directions);
    found.freedom = rows_of(run.freedom);
  }
  if (std::holds_alternative<distances_sensing<T>>(a.chosen) && run.report.verdict == verdict::recovered)
    found.mirrored = app::find_mirrored(run.factor, a.pairs);
  if (found.mirrored) found.report.verdict = verdict::not_determined;
  return found;
}

template <class T>
descended_answer<T> descend(const sensing_operator<T>& sensing, const T* y, const descent_options<T>& options,
                            const descent_method<T>& method, const watcher& watch) {
  require(check_plan(options.plan));
  if (options.rank == 0) throw refusal(explain(status::rank));
  if (method.check != nullptr) require(method.check(options));
  const aligned_buffer<std::byte> arena = arena_of(descent_bytes(sensing, options, method), "rank");
  descended_answer<T> found;
  descent<T> run;
  const auto start = clock::now();
  require(init_operator(run, sensing, y, options, method, arena.data(), arena.size()));
  found.seconds = seconds_since(start);
  const auto look = [&] {
    const seen now{run.report.iterations, static_cast<std::uint32_t>(options.rank),
                   static_cast<double>(run.report.loss), static_cast<double>(run.report.step_size)};
    found.trace.push_back(now);
    return watch(now);
  };
  bool goes_on = look();
  while (run.report.result == outcome::running) {
    if (!goes_on) {
      stop(run);
      break;
    }
    const std::uint32_t before = run.report.iterations;
    const auto begun = clock::now();
    step(run);
    found.seconds += seconds_since(begun);
    if (run.report.iterations != before) goes_on = look();
  }
  found.report = run.report;
  finish(found, run.factor);
  return found;
}

template <class T>
void measure(const problem<T>& a, const T* u, std::size_t rank, execution_plan plan, instruction_set isa,
             T* y) {
  const columns_of_factor<T> factor("U", u, a.sensing.n, rank);
  const call<T> one(a, rank, plan, isa);
  a.sensing.measure(one.how(), factor.view(), y);
}

template <class T>
void adjoint_times(const problem<T>& a, const T* w, const T* v, std::size_t rank, execution_plan plan,
                   instruction_set isa, T* out) {
  const columns_of_factor<T> factor("V", v, a.sensing.n, rank), image("V", a.sensing.n, rank);
  const call<T> one(a, rank, plan, isa);
  a.sensing.adjoint_times(one.how(), w, factor.view(), image.view());
  copy_rows<T>(image.view(), out);
}

template <class T>
operator_report check(const problem<T>& a, const check_options<T>& options) {
  require(check_plan(options.plan));
  if (options.rank == 0) throw refusal(explain(status::rank));
  const aligned_buffer<std::byte> arena = arena_of(check_operator_bytes(a.sensing, options), "rank");
  operator_report report;
  require(check_operator(a.sensing, options, arena.data(), arena.size(), report));
  return report;
}

template <class T>
std::vector<T> planted_truth(std::size_t n, std::size_t rank, double condition_number, std::uint64_t seed) {
  if (rank > n) throw refusal(explain(status::rank));
  if (!(condition_number >= 1) || !std::isfinite(condition_number))
    throw refusal("condition_number: below 1 or not finite");
  const columns_of_factor<T> truth("rank", n, rank);
  draw_planted_truth(truth.view(), static_cast<T>(condition_number), seed);
  return rows_of<T>(truth.view()).data;
}

template <class T>
std::uint64_t bits_of(const T* u, std::size_t n, std::size_t rank) {
  const columns_of_factor<T> factor("U", u, n, rank);
  return factor_bits<T>(factor.view());
}

#define TINYRANK_RUNS(T)                                                                                \
  template recovered_answer<T> recover(const problem<T>&, const sensing_operator<T>&, const T*,         \
                                       recovery_options<T>, const watcher&);                            \
  template descended_answer<T> descend(const sensing_operator<T>&, const T*, const descent_options<T>&, \
                                       const descent_method<T>&, const watcher&);                       \
  template void measure(const problem<T>&, const T*, std::size_t, execution_plan, instruction_set, T*); \
  template void adjoint_times(const problem<T>&, const T*, const T*, std::size_t, execution_plan,       \
                              instruction_set, T*);                                                     \
  template operator_report check(const problem<T>&, const check_options<T>&);                           \
  template std::vector<T> planted_truth(std::size_t, std::size_t, double, std::uint64_t);               \
  template std::uint64_t bits_of(const T*, std::size_t, std::size_t);
TINYRANK_RUNS(float)
TINYRANK_RUNS(double)
#undef TINYRANK_RUNS

}  // namespace tinyrank::python
