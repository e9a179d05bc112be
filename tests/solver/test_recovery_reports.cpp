// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Whatever a recovery is asked, and wherever it is left: it ends, and its report is of its factor.

#include <cmath>
#include <cstring>
#include <limits>

#include "catalogue/operators.hpp"
#include "lib/solver/reweighting.hpp"
#include "recovery_testing.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// Numbers one after another, of a seed.
struct draws {
  random_stream stream;
  std::uint32_t next = 0;

  explicit draws(std::uint64_t seed) : stream(make_stream(seed, random_purpose::test, 40)) {}
  std::uint32_t below(std::uint32_t count) { return (random_bits(stream, next++) >> 4) % count; }
  double normal() { return static_cast<double>(gaussian(stream, next++)); }
};

/// f at the factor, of rows that count as much as `scale` squared.
template <class T>
double loss_of(const sensing_operator<T>& a, factor_view<const T> u, const std::vector<T>& y,
               const T* scale) {
  const std::size_t m = a.measurement_count;
  std::vector<T> found(m, T(0));
  if (u.rank != 0) found = caller<T>(a, u.rank).measure(u);
  double sum = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const double residual =
        static_cast<double>(scale[i]) * (static_cast<double>(found[i]) - static_cast<double>(y[i]));
    sum += residual * residual;
  }
  return sum / (4 * static_cast<double>(m));
}

/// What is measured: of a matrix, with noise, with wild values, mostly zero, one number, all alike, negative.
enum class kind { exact, noisy, wild, sparse, single, alike, negative, count };

template <class T>
std::vector<T> measured(const sensing_operator<T>& a, kind what, draws& any) {
  const std::size_t m = a.measurement_count;
  const std::size_t rank = 1 + any.below(a.n < 3 ? static_cast<std::uint32_t>(a.n) : 3);
  factor<T> truth(a.n, rank);
  for (std::size_t c = 0; c < rank; ++c) {
    for (std::size_t j = 0; j < a.n; ++j) truth.view(j, c) = static_cast<T>(any.normal());
  }
  a.project(truth.view);
  std::vector<T> y = caller<T>(a, rank).measure(truth.view);
  for (T& value : y) {
    if (what == kind::noisy) value += static_cast<T>(0.1 * any.normal());
    if (what == kind::wild && any.below(10) == 0) value += static_cast<T>(1000 * any.normal());
    if ((what == kind::sparse && any.below(5) != 0) || what == kind::single) value = 0;
    if (what == kind::alike) value = T(2.5);
    if (what == kind::negative) value = -value;
  }
  if (what == kind::single) y[any.below(static_cast<std::uint32_t>(m))] = T(3);
  return y;
}

template <class T>
recovery_options<T> drawn_options(std::size_t n, draws& any) {
  recovery_options<T> options;
  const auto columns = static_cast<std::uint32_t>(n);
  options.seed = any.below(4);
  options.explore = static_cast<exploration>(any.below(3));
  if (any.below(3) == 0) options.explore_rank = 1 + any.below(columns);
  if (any.below(3) == 0) options.rank_limit = 1 + any.below(columns);
  if (any.below(3) == 0) options.probes = 1 + any.below(columns + 2);
  if (any.below(4) == 0) options.history = 1 + any.below(8);
  if (any.below(2) == 0) options.loss = robust_loss::huber;
  if (any.below(3) == 0) options.huber_delta = static_cast<T>(std::pow(10.0, any.below(9)) * 1e-5);
  if (any.below(30) == 0) options.huber_delta = std::numeric_limits<T>::max();
  options.held_out_share = any.below(3) == 0 ? T(0) : any.below(2) == 0 ? T(0.5) : T(0.1);
  if (any.below(6) == 0) options.relative_tolerance = any.below(2) == 0 ? T(0) : T(1e-3);
  options.pass_limit = any.below(3) == 0 ? 1 + any.below(900) : 3000;
  return options;
}

template <class T>
std::vector<T> drawn_weights(std::size_t m, draws& any) {
  std::vector<T> weights(m, T(4));
  const std::uint32_t law = any.below(4);
  for (T& weight : weights) {
    if (law == 1) weight = any.below(3) == 0 ? T(1) : T(0);
    if (law == 2) weight = static_cast<T>(std::pow(10.0, any.below(7)) * 1e-3);
  }
  return weights;
}

/// One run, watched at each step.
template <class T>
struct watched {
  static constexpr std::size_t guard = 64;
  sensing_operator<T> a;
  const std::vector<T>& y;
  recovery_options<T> options;
  std::vector<staircase_entry<T>> lines;
  aligned_vector<std::byte> memory;
  recovery<T> run;

  watched(const sensing_operator<T>& of, const std::vector<T>& measurements, const recovery_options<T>& with,
          std::byte fill)
      : a(of), y(measurements), options(with), lines(5000, {UINT32_MAX, 0, T(0)}) {
    options.trace = lines.data();
    options.trace_capacity = lines.size();
    const std::size_t bytes = recovery_bytes(a, options);
    REQUIRE(bytes != SIZE_MAX);
    memory.assign(bytes + guard, fill);
    std::memset(static_cast<void*>(&run), std::to_integer<int>(fill), sizeof run);
  }
  status begin() { return init_operator(run, a, y.data(), options, memory.data(), memory.size() - guard); }

  void check_loss() {
    const double told = static_cast<double>(run.report.loss),
                 zero = static_cast<double>(run.report.zero_loss);
    const double rounding = sizeof(T) == sizeof(float) ? 1e-5 : 1e-11;
    const double found = loss_of<T>(a, run.factor, y, run.memory.used);
    REQUIRE(std::abs(told - found) <=
            2e-3 * found + 4 * rounding * std::sqrt((zero + found) * found) + rounding * rounding * zero);
  }
  void check_step() {
    const recovery_report<T>& report = run.report;
    if (run.factor.rank != report.rank_found) CHECK(run.factor.rank == report.rank_found);
    if (report.result == outcome::running && report.verdict != verdict::none)
      REQUIRE(
          (run.phase == recovery_phase::others || run.phase == recovery_phase::judge || run.starts_again));
    if (options.loss == robust_loss::squared) check_loss();
  }
  /// To the end, or so many steps.
  void go(std::uint32_t steps) {
    std::uint32_t entries = 0, taken = 0;
    for (check_step(); run.report.result == outcome::running; ++taken) {
      if (taken == steps) {
        stop(run);
        break;
      }
      const std::uint32_t before = run.report.passes;
      step(run);
      CHECK(run.report.passes <= before + 2);
      // The last line, of the answer, may be beside one of what was looked at last.
      CHECK(run.report.entries <= entries + (run.report.result == outcome::running ? 1 : 2));
      entries = run.report.entries;
      check_step();
      REQUIRE(taken < 2 * options.pass_limit + 10);
    }
  }
  void check_end() {
    const recovery_report<T>& report = run.report;
    const bool is_judged = report.verdict != verdict::none;
    CHECK(report.result != outcome::running);
    CHECK(is_judged == (report.result == outcome::recovered || report.result == outcome::plateau));
    CHECK(report.passes <= options.pass_limit + 1);
    if (report.result == outcome::iteration_limit) CHECK(report.passes >= options.pass_limit);
    CHECK(report.arena_bytes + guard == memory.size());
    if (is_judged) {
      check_loss();
      CHECK(run.freedom.rank == report.rank_found);
      CHECK(run.directions.rank == report.rank_found);
      std::size_t left_out = 0;
      for (std::size_t i = 0; i < y.size(); ++i)
        left_out += run.memory.used[i] == 0 && run.memory.base[i] != 0 ? 1 : 0;
      CHECK(report.outliers == left_out);
      const T relative = options.relative_tolerance * report.zero_loss;
      if (report.result == outcome::recovered) CHECK(report.loss <= relative);
      double squares = 0;
      for (std::size_t c = 0; c < run.freedom.rank; ++c) {
        for (std::size_t j = 0; j < a.n; ++j) {
          const auto entry = static_cast<double>(run.freedom(j, c));
          squares += entry * entry;
        }
      }
      if (report.rank_found != 0) CHECK(squares == doctest::Approx(1).epsilon(1e-3));
    }
    if (report.held_out != 0) CHECK(report.verdict == verdict::best_fit);
    if (report.ambiguous) CHECK((report.verdict == verdict::not_determined && report.explored));
    std::uint32_t pass = 0;
    for (std::uint32_t k = 0; k < report.entries; ++k) {
      CHECK(lines[k].pass >= pass);
      pass = lines[k].pass;
    }
    CHECK(pass <= report.passes);
    // Of a run that was ended on its way the last line may be of the iteration before.
    if (report.entries != 0 && report.result != outcome::stopped) {
      CHECK(lines[report.entries - 1].rank == report.rank_found);
      CHECK(lines[report.entries - 1].loss == report.loss);
    }
  }
};

template <class T>
void check_problem(const sensing_operator<T>& a, std::uint64_t seed) {
  draws any(seed);
  const kind what = static_cast<kind>(any.below(static_cast<std::uint32_t>(kind::count)));
  std::vector<T> y = measured(a, what, any);
  const T size = any.below(4) == 0 ? T(1e12) : any.below(4) == 0 ? T(1e-10) : T(1);
  for (T& value : y) value *= size;
  recovery_options<T> options = drawn_options<T>(a.n, any);
  std::vector<T> weights;
  if (any.below(2) == 0) {
    weights = drawn_weights<T>(y.size(), any);
    options.weights = weights.data();
  }
  const std::uint32_t steps = any.below(4) == 0 ? any.below(700) : UINT32_MAX;
  watched<T> one(a, y, options, std::byte{0x3c});
  options.plan.threads = check_plan({2, 16}) == status::ok ? 2 : 1;
  watched<T> other(a, y, options, std::byte{0xff});
  if (one.begin() != status::ok) return;
  REQUIRE(other.begin() == status::ok);
  one.go(steps);
  one.check_end();
  other.go(steps);
  const recovery_report<T>&mine = one.run.report, &its = other.run.report;
  CHECK(mine.result == its.result);
  CHECK(mine.verdict == its.verdict);
  CHECK(mine.passes == its.passes);
  CHECK(mine.loss == its.loss);
  CHECK(mine.held_out_error == its.held_out_error);
  CHECK(factor_bits(one.run.factor) == factor_bits(other.run.factor));
  for (std::size_t k = one.memory.size() - watched<T>::guard; k < one.memory.size(); ++k)
    REQUIRE(one.memory[k] == std::byte{0x3c});
}

}  // namespace

TEST_SUITE_BEGIN("recovery_reports");

TEST_CASE_TEMPLATE("whatever is asked of whichever operator, a run ends and its report holds together", T,
                   float, double) {
  for (std::uint64_t seed = 1; seed <= (test::light ? 2U : 24U); ++seed) {
    std::uint32_t place = 0;
    catalogue::for_every_operator([&](auto row) {
      using row_type = decltype(row);
      draws any(100 * seed + ++place);
      std::size_t n = 1 + any.below(any.below(4) == 0 ? 2 : 12),
                  m = 1 + any.below(static_cast<std::uint32_t>(3 * n) + 4);
      while (row_type::nearest_n(n) == 0) ++n;
      n = row_type::nearest_n(n);
      m = m > row_type::most_measurements(n) ? row_type::most_measurements(n) : m;
      aligned_vector<std::byte> room(catalogue::storage_bytes<row_type, T>(n, m));
      arena memory(room.data(), room.size());
      const auto sensing = catalogue::make<row_type, T>(n, m, seed, memory);
      sensing_operator<T> a;
      REQUIRE(make_operator(sensing, a) == status::ok);
      INFO(std::string(row_type::name), ", n = ", n, ", m = ", m, ", seed ", seed);
      check_problem<T>(a, 100 * seed + place);
    });
  }
}

TEST_CASE_TEMPLATE("a table without verbs is refused, and a run's own options make it again", T, float,
                   double) {
  const gaussian_sensing<T> sensing{8, 40, 1};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<T> y(40, T(1));
  recovery_options<T> options;
  options.probes = 8;
  options.pass_limit = 77;
  options.tolerance = T(0.5);
  aligned_vector<std::byte> memory(recovery_bytes(sensing, options));
  const auto refusal = [&](auto change) {
    sensing_operator<T> changed = table;
    change(changed.functions);
    recovery<T> run;
    return init_operator(run, changed, y.data(), options, memory.data(), memory.size());
  };
  CHECK(refusal([](auto&) {}) == status::ok);
  CHECK(refusal([](auto& verbs) { verbs.measure = nullptr; }) == status::operator_data);
  CHECK(refusal([](auto& verbs) { verbs.adjoint_times = nullptr; }) == status::operator_data);
  CHECK(refusal([](auto& verbs) { verbs.loss_and_gradient = nullptr; }) == status::operator_data);

  recovery<T> run;
  REQUIRE(init_operator(run, table, y.data(), options, memory.data(), memory.size()) == status::ok);
  const T stop_loss = run.stairs.inner.stop_loss;
  REQUIRE(init_operator(run, table, y.data(), run.options, memory.data(), memory.size()) == status::ok);
  CHECK(run.options.pass_limit == 77);
  CHECK(run.stairs.options.pass_limit == 77);
  CHECK(run.stairs.inner.stop_loss == stop_loss);
  staircase<T> stairs;
  const staircase_options<T>& plain = options;
  REQUIRE(init_operator(stairs, table, y.data(), plain, memory.data(), memory.size()) == status::ok);
  REQUIRE(init_operator(stairs, table, y.data(), stairs.options, memory.data(), memory.size()) == status::ok);
  CHECK(stairs.options.pass_limit == 77);
  CHECK(stairs.inner.stop_loss == stop_loss);
}

TEST_CASE("columns are explored twice and no more where a doubt stays") {
  for (std::uint64_t seed = 1; seed <= (test::light ? 1U : 4U); ++seed) {
    // So little noise that a local minimum may be what leaves it.
    const std::vector<index_pair> pairs = drawn_pairs(12, 60, true, seed);
    const entries_sensing<double> sensing{12, pairs.size(), pairs.data()};
    const geometric_problem<double> problem(sensing, 2, 3, seed, 60);
    for (const robust_loss loss : {robust_loss::squared, robust_loss::huber}) {
      recovery_options<double> options;
      options.seed = seed;
      options.loss = loss;
      owned_recovery<double> owned(sensing, problem.y, options);
      run_to_end(owned.run);
      CAPTURE(seed);
      CHECK(owned.run.report.verdict != verdict::none);
      CHECK(owned.run.report.passes < options.pass_limit);
      CHECK(owned.run.is_on_detour == (loss == robust_loss::squared));
    }
  }
}

TEST_CASE_TEMPLATE("nothing is read or written behind the last of the measurements", T, float, double) {
  // No whole number of 64 bytes: behind each array there are some of nobody's.
  constexpr std::size_t m = 300, used = m * sizeof(T), taken = padded<T>(m) * sizeof(T);
  static_assert(taken > used);
  const std::vector<index_pair> pairs = drawn_pairs(24, m, true, 3);
  const entries_sensing<T> sensing{24, m, pairs.data()};
  const geometric_problem<T> problem(sensing, 2, 3, 2, 20);
  // Of what is negative nothing is found, also by the search for outliers.
  for (const T sign : {T(1), T(-1)}) {
    test::guarded<T> y(m), weights(m);
    for (std::size_t i = 0; i < m; ++i) {
      const bool is_diagonal = pairs[i].first == pairs[i].second;
      y[i] = sign > 0 ? problem.y[i] + T(i == 7 ? 5 : 0) : T(is_diagonal ? -1 : 0);
      weights[i] = T(i % 3 == 0 ? 0.5 : 1);
    }
    for (const robust_loss loss : {robust_loss::squared, robust_loss::huber}) {
      recovery_options<T> options;
      options.loss = loss;
      options.weights = weights.data();
      std::vector<std::uint64_t> found;
      for (const std::byte before : {std::byte{0}, std::byte{0x5a}, std::byte{0xff}}) {
        aligned_vector<std::byte> memory(recovery_bytes(sensing, options), before);
        recovery<T> run;
        REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
        run_to_end(run);
        CHECK((run.report.held_out > 0) == (sign > 0));
        found.push_back(factor_bits(run.factor) ^ run.report.passes);
        const recovery_memory<T>& placed = run.memory;
        std::vector<const T*> arrays = {placed.scale, placed.scaled_y, placed.base, placed.used};
        if (loss == robust_loss::huber) arrays.insert(arrays.end(), {placed.residual, placed.kept_residual});
        std::size_t written = 0;
        for (const T* array : arrays) {
          const auto* const bytes = reinterpret_cast<const std::byte*>(array);
          for (std::size_t k = used; k < taken; ++k) written += bytes[k] == before ? 0U : 1U;
        }
        CHECK(written == 0);
      }
      // NaN, or what is large, would have told.
      CHECK(found[1] == found[0]);
      CHECK(found[2] == found[0]);
    }
  }
}

TEST_CASE_TEMPLATE("a robust loss is Huber's, its weights his and Tukey's", T, float, double) {
  recovery<T> run;
  row_scaling<T> scaling;
  scaling.measurement_count = 4;
  run.memory.scaling = &scaling;
  run.threshold = T(2);
  const T residuals[] = {T(1), T(-2), T(6), T(-50)};
  // x^2/2 up to h, then h (|x| - h/2).
  CHECK(huber_loss<T>(run, residuals) == T(0.5 + 2 + 10 + 98));
  const auto check_roots = [&](std::initializer_list<double> wanted) {
    const T* at = residuals;
    for (const double root : wanted)
      CHECK(static_cast<double>(weight_root(run, *at++)) == doctest::Approx(root).epsilon(1e-6));
  };
  check_roots({1, 1, std::sqrt(2.0 / 6), 0.2});
  run.redescends = true;
  const double edge = 3.483 * 2;  // 4.685 standard deviations, where h is 1.345
  check_roots({1 - 1 / (edge * edge), 1 - 4 / (edge * edge), 1 - 36 / (edge * edge), 0});
}
