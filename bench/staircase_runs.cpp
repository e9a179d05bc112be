// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/staircase_runs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/problem.hpp"
#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/estimate.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/pauli.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::uint64_t seeds = 3;
constexpr double not_reached = std::numeric_limits<double>::quiet_NaN();

/// Eigenvalues of X X^T, from 1 to 1 / condition.
enum class spectrum : std::uint8_t { linear, geometric };

/// m rows of the Gaussian ensemble, which other rows may replace.
template <class T>
struct gaussian_rows {
  gaussian_rows(std::size_t n, std::size_t m)
      : storage(allocate<T>(dense_row_elements<T>(n, m))), sensing{n, m, storage.get()} {}

  void draw(std::uint64_t seed) {
    for_every_shard(2, sensing.measurement_count, [&](shard_range range, std::size_t) {
      // Nothing is left to refuse.
      (void)fill_gaussian_rows(sensing.n, range.first, range.count, seed, gaussian_ensemble::isotropic,
                               storage.get() + range.first * packed_stride<T>(sensing.n));
    });
  }

  buffer<T> storage;
  dense_sensing<T> sensing;
};

/// A truth within reach of the operator, and its measurements.
template <class T>
struct planted_problem {
  template <class Sensing>
  planted_problem(const Sensing& sensing, std::size_t rank, double condition, spectrum between,
                  std::uint64_t seed, const settings& chosen)
      : cells(allocate<T>(padded<T>(sensing.n) * rank)),
        truth{cells.get(), sensing.n, rank, padded<T>(sensing.n)},
        y(allocate<T>(sensing.measurement_count)) {
    sensing_operator<T> table;
    expect(make_operator(sensing, table), "make_operator");
    draw_planted_truth(truth, T(1), seed);
    for (std::size_t c = 1; c < rank; ++c) {
      const double way = static_cast<double>(c) / static_cast<double>(rank - 1);
      const double eigenvalue =
          between == spectrum::linear ? 1 - way * (1 - 1 / condition) : std::pow(condition, -way);
      for (std::size_t j = 0; j < sensing.n; ++j) truth(j, c) *= static_cast<T>(std::sqrt(eigenvalue));
    }
    table.project(truth);
    const execution_plan plan{.threads = chosen.threads};
    const std::size_t bytes = scratch_bytes(sensing, rank, plan);
    const buffer<std::byte> scratch = allocate<std::byte>(bytes);
    workspace<T> how;
    expect(make_workspace(how, table, rank, plan, chosen.isa, scratch.get(), bytes), "make_workspace");
    table.measure(how, truth, y.get());
  }

  buffer<T> cells;
  factor_view<T> truth;
  buffer<T> y;
};

template <class T>
struct placed_staircase {
  template <class Sensing>
  placed_staircase(const Sensing& sensing, const T* y, const staircase_options<T>& options) {
    const std::size_t bytes = staircase_bytes(sensing, options);
    arena = allocate<std::byte>(bytes);
    expect(init(run, sensing, y, options, arena.get(), bytes), "init of a staircase");
  }

  /// Until the error is `wanted`, or the run's own end; whether it is.
  bool reach(double wanted, factor_view<const T> truth, double& seconds) {
    using clock = std::chrono::steady_clock;
    for (std::uint32_t lines = run.report.entries; run.report.result == outcome::running;
         lines = run.report.entries) {
      const auto start = clock::now();
      step(run);
      seconds += std::chrono::duration<double>(clock::now() - start).count();
      if (run.report.entries != lines &&
          relative_test_error<T>(run.inner.sensing.shape, run.factor, truth) <= wanted)
        return true;
    }
    return false;
  }

  buffer<std::byte> arena;
  staircase<T> run;
};

struct most_of_seeds {
  double passes = 0;
  double seconds = 0;

  template <class T, class Sensing>
  void add(const Sensing& sensing, std::size_t rank, double condition, spectrum between, double wanted,
           std::uint64_t seed, const settings& chosen) {
    const planted_problem<T> problem(sensing, rank, condition, between, seed, chosen);
    staircase_options<T> options;
    // What is asked for is the error; in float the loss ends by rounding.
    options.relative_tolerance = sizeof(T) == sizeof(float) ? T(1e-13) : T(1e-15);
    options.seed = seed;
    options.plan.threads = chosen.threads;
    options.isa = chosen.isa;
    placed_staircase<T> placed(sensing, problem.y.get(), options);
    double taken = 0;
    const bool arrived = placed.reach(wanted, problem.truth, taken);
    passes = std::max(arrived ? static_cast<double>(placed.run.report.passes) : not_reached, passes,
                      [](double a, double b) { return a < b || std::isnan(b); });
    seconds = std::max(arrived ? taken : not_reached, seconds,
                       [](double a, double b) { return a < b || std::isnan(b); });
  }
};

std::string name_of(const char* kind, double condition) {
  char text[64];
  std::snprintf(text, sizeof text, "staircase.%s.condition_%g", kind, condition);
  return text;
}

/// The table of what was asked for, as it is measured.
class table {
 public:
  explicit table(const std::string& filter) : pattern_(filter) {}

  [[nodiscard]] bool wants(const std::string& name) const { return std::regex_search(name, pattern_); }

  /// aim: passes, at most.
  void add(const std::string& name, const most_of_seeds& found, double aim) {
    if (keys.empty()) {
      std::printf("\nNothing told, the most of %d seeds:\n%-40s %9s %9s\n", static_cast<int>(seeds), "",
                  "passes", "seconds");
    }
    keys[name + ".passes"] = found.passes;
    keys[name + ".seconds"] = found.seconds;
    if (std::isnan(found.passes)) {
      std::printf("%-40s %9s %9s  the error is not reached\n", name.c_str(), "-", "-");
    } else {
      std::printf("%-40s %9.0f %9.3g  (at most %g) %s\n", name.c_str(), found.passes, found.seconds, aim,
                  found.passes <= aim ? "reached" : "missed");
    }
    std::fflush(stdout);
  }

  key_values keys;

 private:
  std::regex pattern_;
};

/// n = 200, m = 10,000 of arXiv 2106.15013, section 4, stored, to 1e-5 in f32. The matrices of a seed are
/// drawn once for all condition numbers.
void measure_large(const settings& chosen, table& out) {
  constexpr double conditions[] = {1, 10, 100, 1000};
  constexpr std::size_t count = std::size(conditions);
  const auto wants = [&](double condition) { return out.wants(name_of("gaussian_200", condition)); };
  if (std::none_of(conditions, conditions + count, wants)) return;
  std::fprintf(stderr, "staircase, n = 200\n");
  gaussian_rows<float> rows(200, 10000);
  most_of_seeds found[count];
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    rows.draw(seed);
    for (std::size_t k = 0; k < count; ++k) {
      if (wants(conditions[k]))
        found[k].add<float>(rows.sensing, 5, conditions[k], spectrum::linear, 1e-5, seed, chosen);
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    if (wants(conditions[k]))
      out.add(name_of("gaussian_200", conditions[k]), found[k], conditions[k] == 1 ? 26 : 36);
  }
}

template <class Element>
void shuffle(std::vector<Element>& all, std::uint64_t seed) {
  const random_stream stream = make_stream(seed, random_purpose::test, 21);
  for (std::size_t k = all.size(); k > 1; --k) {
    std::swap(all[k - 1], all[random_bits(stream, static_cast<std::uint32_t>(k)) % k]);
  }
}

/// `count` different pairs of indices below n, with those on the diagonal or without, in a random order.
std::vector<index_pair> drawn_pairs(std::uint32_t n, std::size_t count, bool diagonal, std::uint64_t seed) {
  std::vector<index_pair> all;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = 0; j < (diagonal ? i + 1 : i); ++j) all.push_back({i, j});
  }
  shuffle(all, seed);
  all.resize(count);
  return all;
}

/// `count` different Pauli strings in a random order.
std::vector<pauli_string> drawn_strings(std::uint32_t qubits, std::size_t count, std::uint64_t seed) {
  const std::uint32_t side = 1U << qubits;
  std::vector<pauli_string> all;
  for (std::uint32_t x = 0; x < side; ++x) {
    for (std::uint32_t z = 0; z < side; ++z) all.push_back({x, z});
  }
  shuffle(all, seed);
  all.resize(count);
  return all;
}

/// To 1e-6 in f64; make(seed, solve) calls solve(sensing). On one thread: a pass is too short for two.
template <class Make>
void measure_small(const settings& chosen, table& out, const char* kind, std::size_t rank, double aim,
                   Make make) {
  settings alone = chosen;
  alone.threads = 1;
  for (const double condition : {1.0, 10.0, 100.0}) {
    const std::string name = name_of(kind, condition);
    if (!out.wants(name)) continue;
    most_of_seeds found;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      make(seed, [&](const auto& sensing) {
        found.add<double>(sensing, rank, condition, spectrum::geometric, 1e-6, seed, alone);
      });
    }
    out.add(name, found, aim);
  }
}

/// Section 4 of arXiv 2106.15013 on its data: `make demo`'s gradient descent to its own end, and the
/// staircase until the test error is what that ends with.
struct paper_data {
  explicit paper_data(const settings& chosen)
      : rows(200, 10000), problem((rows.draw(1), rows.sensing), 5, 1, spectrum::linear, 1, chosen) {}
  gaussian_rows<float> rows;
  planted_problem<float> problem;
};

case_group paper_group(const settings& chosen) {
  const auto shared = std::make_shared<std::weak_ptr<const paper_data>>();
  const auto share = [shared, chosen] {
    auto data = shared->lock();
    if (data == nullptr) {
      data = std::make_shared<const paper_data>(chosen);
      *shared = data;
    }
    return data;
  };
  constexpr double wanted = 2e-5;
  bench_case descent_case{
      .name = "staircase_paper.gradient_descent", .prepare = [share, chosen]() -> prepared_case {
        return [data = share(), chosen] {
          gradient_descent_options<float> options{
              .rank = 20, .step_size = 0.25F, .relative_tolerance = 0, .iteration_limit = 130};
          options.initial_scale = 1.0F / (70.0F * 200 * 200);
          options.plan.threads = chosen.threads;
          options.isa = chosen.isa;
          const std::size_t bytes = descent_bytes(data->rows.sensing, options);
          const buffer<std::byte> arena = allocate<std::byte>(bytes);
          descent<float> run;
          expect(init(run, data->rows.sensing, data->problem.y.get(), options, arena.get(), bytes), "init");
          run_to_end(run);
          if (!(relative_test_error<float>(run.factor, data->problem.truth) <= wanted)) {
            throw std::runtime_error("staircase_paper.gradient_descent: the error is above 2e-5");
          }
        };
      }};
  bench_case staircase_case{.name = "staircase_paper", .prepare = [share, chosen]() -> prepared_case {
                              return [data = share(), chosen] {
                                staircase_options<float> options;
                                options.plan.threads = chosen.threads;
                                options.isa = chosen.isa;
                                placed_staircase<float> placed(data->rows.sensing, data->problem.y.get(),
                                                               options);
                                double ignored = 0;
                                if (!placed.reach(wanted, data->problem.truth, ignored)) {
                                  throw std::runtime_error("staircase_paper: the error is above 2e-5");
                                }
                              };
                            }};
  descent_case.compared = {{"staircase_paper.fraction_of_gradient_descent", "staircase_paper"}};
  return {descent_case, staircase_case};
}

void measure_paper(const settings& chosen, table& out) {
  constexpr const char* key = "staircase_paper.fraction_of_gradient_descent";
  constexpr double aim = 0.3;
  if (!out.wants(key) && !out.wants("staircase_paper.gradient_descent")) return;
  // A run is seconds long; several of them, in turn.
  constexpr effort spent{
      .shortest_repetition = 0.004, .repetitions_per_round = 1, .enough_undisturbed = 3, .longest_group = 12};
  out.keys.merge(to_keys(measure({paper_group(chosen)}, "paper", spent), false));
  std::printf("%-48s %7.2f  (at most %g) %s\n", key, out.keys[key], aim,
              out.keys[key] <= aim ? "reached" : "missed");
  std::fflush(stdout);
}

}  // namespace

key_values measure_staircase(const settings& chosen, const std::string& filter) {
  table out(filter);
  measure_small(chosen, out, "gaussian_60", 3, 30, [](std::uint64_t seed, auto solve) {
    solve(gaussian_sensing<double>{60, 1300, seed});
  });
  measure_small(chosen, out, "gaussian_80", 10, 40, [](std::uint64_t seed, auto solve) {
    gaussian_rows<double> rows(80, 4000);
    rows.draw(seed);
    solve(rows.sensing);
  });
  measure_small(chosen, out, "rank_one_50", 3, 40, [](std::uint64_t seed, auto solve) {
    solve(generated_rank_one_sensing<double>{50, 1500, seed});
  });
  measure_small(chosen, out, "entries_60", 3, 40, [](std::uint64_t seed, auto solve) {
    const std::vector<index_pair> pairs = drawn_pairs(60, 900, true, seed);
    solve(entries_sensing<double>{60, 900, pairs.data()});
  });
  measure_small(chosen, out, "distances_40", 2, 90, [](std::uint64_t seed, auto solve) {
    const std::vector<index_pair> pairs = drawn_pairs(40, 400, false, seed);
    solve(distances_sensing<double>{40, 400, pairs.data()});
  });
  // 20 x 15 and 20 x 20, complex.
  measure_small(chosen, out, "bilinear_35", 2, 60, [](std::uint64_t seed, auto solve) {
    solve(generated_bilinear_sensing<double>{
        .rows = 20, .columns = 15, .measurement_count = 420, .seed = seed});
  });
  measure_small(chosen, out, "complex_rank_one_20", 3, 90, [](std::uint64_t seed, auto solve) {
    solve(generated_complex_rank_one_sensing<double>{20, 480, seed});
  });
  measure_small(chosen, out, "pauli_3_qubits", 1, 40, [](std::uint64_t seed, auto solve) {
    const std::vector<pauli_string> strings = drawn_strings(3, 40, seed);
    solve(pauli_sensing<double>{3, strings.size(), strings.data()});
  });
  measure_small(chosen, out, "pauli_6_qubits", 3, 70, [](std::uint64_t seed, auto solve) {
    const std::vector<pauli_string> strings = drawn_strings(6, 1228, seed);
    solve(pauli_sensing<double>{6, strings.size(), strings.data()});
  });
  measure_large(chosen, out);
  measure_paper(chosen, out);
  if (out.keys.empty()) throw std::runtime_error("no run of the staircase matches '" + filter + "'");
  return out.keys;
}

}  // namespace tinyrank::bench
