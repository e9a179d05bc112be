// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <set>
#include <string>

#include "checkpoint_testing.hpp"
#include "golden_methods.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/quadratic_network.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// Saves at every step, and restores in memory that has nothing of the run: with `other` plan the next step
/// is the same, and at every `stride`-th all that follow, to the same end. visit(run): sees each step.
template <class Run, class Sensing, class T, class Options, class Visit>
void check_resumed(const Sensing& sensing, const std::vector<T>& y, const Options& options, unsigned stride,
                   Visit visit) {
  owned<Run, Sensing, T, Options> whole(sensing, y, options);
  run_to_end(whole.run);
  Options elsewhere = options;
  if (check_plan({2, options.plan.shards}) == status::ok) elsewhere.plan.threads = 3 - options.plan.threads;
  elsewhere.isa = instruction_set::scalar;
  owned<Run, Sensing, T, Options> first(sensing, y, options);
  for (unsigned k = 0;; ++k) {
    CAPTURE(k);
    visit(first.run);
    const std::vector<std::byte> kept = saved(first.run);
    owned<Run, Sensing, T, Options> second(sensing, y, elsewhere);
    REQUIRE(restore(second.run, kept.data(), kept.size()) == restored::ok);
    REQUIRE(same_state(first.run, second.run));
    CHECK(second.run.report.isa == instruction_set::scalar);
    CHECK(second.run.report.arena_bytes == second.memory.size());
    if (first.run.report.result != outcome::running) break;
    step(first.run);
    step(second.run);
    REQUIRE(same_state(first.run, second.run));
    if (k % stride != 0) continue;
    run_to_end(second.run);
    REQUIRE(same_state(whole.run, second.run));
  }
}

template <class T>
struct recovery_phases {
  std::set<recovery_phase> seen;
  std::set<staircase_phase> climbed;
  bool on_detour = false, again = false;

  void operator()(const recovery<T>& run) {
    seen.insert(run.phase);
    if (run.phase == recovery_phase::climb || run.phase == recovery_phase::conclude)
      climbed.insert(run.stairs.phase);
    on_detour = on_detour || (run.is_on_detour && run.phase == recovery_phase::explore);
    again = again || (run.starts_again && run.phase == recovery_phase::refine);
  }
};

}  // namespace

TEST_SUITE_BEGIN("checkpoint");

TEST_CASE_TEMPLATE("a run by each method goes on with the bits that it would have had", T, float, double) {
  const auto& sensing = golden::method_problem<T>;
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<T> y = measured_truth<T>(table, sensing.n, 2, 3);
  catalogue::for_each_method<T>([&](auto row, const auto& defaults) {
    auto options = golden::method_options<T>(row, defaults, instruction_set::automatic);
    using options_type = decltype(options);
    INFO(row.name);
    for (const bool is_automatic : {true, false}) {
      if (!is_automatic) options.step_size = T(0.1);
      check_resumed<descent<T>, gaussian_sensing<T>, T, options_type>(sensing, y, options, 4,
                                                                      [](const auto&) {});
    }
    // A step that is far too long: trials are taken back.
    options.step_size = automatic;
    options.initial_scale = T(3);
    options.plateau_window = 3;
    options.relative_tolerance = T(1e-6);
    unsigned reductions = 0;
    check_resumed<descent<T>, gaussian_sensing<T>, T, options_type>(
        sensing, y, options, 4, [&](const auto& run) { reductions = run.report.step_reductions; });
    if (std::string(row.name) == "quasi-newton") CHECK(reductions > 0);
  });
}

TEST_CASE_TEMPLATE("so does one whose step was halved and grows again", T, float, double) {
  const auto& sensing = golden::method_problem<T>;
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<T> y = measured_truth<T>(table, sensing.n, 2, 3);
  gradient_descent_options<T> options;
  options.rank = 2;
  options.initial_scale = T(30);
  options.iteration_limit = 400;
  std::uint32_t halved = 0, doubled = 0;
  check_resumed<descent<T>, gaussian_sensing<T>, T, gradient_descent_options<T>>(
      sensing, y, options, 100, [&](const auto& run) {
        halved = std::max(halved, run.growth.halvings);
        doubled += run.growth.has_doubled;
      });
  CHECK(halved > 2);
  CHECK(doubled > 2);
}

TEST_CASE_TEMPLATE("so does the network of quadratic activations", T, float, double) {
  const generated_rank_one_sensing<T> sensing{10, 300, 4};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<T> y = measured_truth<T>(table, sensing.n, 1, 1);
  quadratic_network_options<T> options;
  options.rank = 10;
  options.initial_scale = T(1e-3);
  options.iteration_limit = 40;
  options.truncation_radius = 30;
  check_resumed<descent<T>, generated_rank_one_sensing<T>, T, quadratic_network_options<T>>(
      sensing, y, options, 5, [](const auto&) {});
}

TEST_CASE("a run that its limit has ended goes on with a higher one, to the same bits") {
  const auto& sensing = golden::method_problem<double>;
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, sensing.n, 2, 3);
  momentum_options<double> options;
  options.rank = 4;
  options.iteration_limit = 200;
  using owned_run = owned<descent<double>, gaussian_sensing<double>, double, momentum_options<double>>;
  owned_run whole(sensing, y, options);
  run_to_end(whole.run);
  REQUIRE(whole.run.report.iterations > 20);
  options.iteration_limit = 20;
  owned_run part(sensing, y, options);
  REQUIRE(run_to_end(part.run) == outcome::iteration_limit);
  const auto kept = saved(part.run);
  options.iteration_limit = 19;
  owned_run less(sensing, y, options);
  CHECK(restore(less.run, kept.data(), kept.size()) == restored::options);
  CHECK(less.run.report.iterations == 0);
  options.iteration_limit = 200;
  owned_run more(sensing, y, options);
  REQUIRE(restore(more.run, kept.data(), kept.size()) == restored::ok);
  run_to_end(more.run);
  CHECK(same_state(whole.run, more.run));
}

TEST_CASE_TEMPLATE("a staircase goes on from every pass", T, float, double) {
  std::set<staircase_phase> seen;
  const auto check = [&](const auto& sensing, std::size_t rank, T condition, auto change) {
    sensing_operator<T> table;
    REQUIRE(make_operator(sensing, table) == status::ok);
    const std::vector<T> y = measured_truth<T>(table, sensing.n, rank, condition);
    staircase_options<T> options;
    change(options);
    check_resumed<staircase<T>, std::remove_cvref_t<decltype(sensing)>, T, staircase_options<T>>(
        sensing, y, options, 9, [&](const auto& run) { seen.insert(run.phase); });
  };
  check(gaussian_sensing<T>{12, 150, 3}, 2, T(30), [](auto&) {});
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    check(gaussian_sensing<T>{12, 78, seed}, 3, T(100), [](auto& options) { options.probes = 4; });
  check(hadamard_sensing<T>{12, 70, 3}, 3, T(4), [](auto&) {});
  check(generated_rank_one_sensing<T>{12, 150, 3, rank_one_form::debiased}, 2, T(4),
        [](auto& options) { options.probes = 3; });
  check(generated_complex_rank_one_sensing<T>{6, 80, 3}, 2, T(2), [](auto&) {});
  for (const staircase_phase phase :
       {staircase_phase::signs, staircase_phase::spectrum, staircase_phase::scale, staircase_phase::append,
        staircase_phase::descend, staircase_phase::certify, staircase_phase::base, staircase_phase::freedom,
        staircase_phase::ended, staircase_phase::look, staircase_phase::lighten})
    CHECK_MESSAGE(seen.contains(phase), static_cast<int>(phase));
  if (sizeof(T) == sizeof(float)) CHECK(seen.contains(staircase_phase::trim));
}

TEST_CASE("a recovery goes on from every pass, whatever it is after") {
  recovery_phases<double> phases;
  const auto check = [&](const auto& sensing, const std::vector<double>& y,
                         const recovery_options<double>& options, unsigned stride) {
    check_resumed<recovery<double>, std::remove_cvref_t<decltype(sensing)>, double, recovery_options<double>>(
        sensing, y, options, test::emulated ? 3 * stride : stride, [&](const auto& run) { phases(run); });
  };
  {
    // Noise: what is held out judges.
    const gaussian_sensing<double> sensing{12, 150, 3};
    const geometric_problem<double> problem(sensing, 2, 3, 4, 20);
    check(sensing, problem.y, {}, 7);
    std::vector<double> weights(150, 1);
    for (std::size_t i = 0; i < weights.size(); i += 4) weights[i] = 0.25;
    recovery_options<double> options;
    options.weights = weights.data();
    check(sensing, problem.y, options, 7);
  }
  {
    // Wild measurements, weights, and columns that explore.
    const std::vector<index_pair> pairs = drawn_pairs(12, 50, true, 3);
    const entries_sensing<double> sensing{12, pairs.size(), pairs.data()};
    geometric_problem<double> problem(sensing, 2, 4, 5, 40);
    problem.y[7] += 3;
    recovery_options<double> options;
    options.explore = exploration::at_once;
    options.loss = robust_loss::huber;
    check(sensing, problem.y, options, 23);
    options.explore = exploration::when_needed;
    check(sensing, problem.y, options, 23);
  }
  {
    // A fit that foretells little is not the end: the detour, and another start.
    const std::vector<index_pair> pairs = drawn_pairs(12, 60, true, 1);
    const entries_sensing<double> sensing{12, pairs.size(), pairs.data()};
    const geometric_problem<double> problem(sensing, 2, 3, 1, 60);
    check(sensing, problem.y, {}, 29);
  }
  {
    const std::vector<std::vector<double>> points = {{-3, 0}, {3, 0},  {0, 2},  {1, -2},
                                                     {-2, 1}, {2, -1}, {0.5, 4}};
    const known_distances layout(points, [](double, std::uint32_t place) { return place < 17; });
    recovery_options<double> options;
    options.explore = exploration::at_once;
    check(layout.sensing(), layout.y, options, 29);
  }
  for (int phase = 0; phase <= static_cast<int>(recovery_phase::ended); ++phase) {
    CAPTURE(phase);
    CHECK(phases.seen.contains(static_cast<recovery_phase>(phase)));
  }
  CHECK(phases.on_detour);
  CHECK(phases.again);
  for (const staircase_phase phase :
       {staircase_phase::restore, staircase_phase::refit, staircase_phase::exhaust})
    CHECK(phases.climbed.contains(phase));
}

TEST_CASE("a torn or foreign run is refused, and what differs is said") {
  const gaussian_sensing<double> sensing{8, 60, 3};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, 8, 2, 2);
  using options_type = quasi_newton_options<double>;
  using owned_run = owned<descent<double>, gaussian_sensing<double>, double, options_type>;
  options_type options;
  options.rank = 3;
  owned_run first(sensing, y, options);
  for (int t = 0; t < 7; ++t) step(first.run);
  const std::vector<std::byte> kept = saved(first.run);
  const auto tried = [&](const auto& a, const std::vector<double>& measured, const auto& given,
                         const std::vector<std::byte>& bytes) {
    owned<descent<double>, std::remove_cvref_t<decltype(a)>, double, std::remove_cvref_t<decltype(given)>>
        second(a, measured, given);
    const std::uint64_t before = factor_bits(second.run.factor);
    const restored found = restore(second.run, bytes.data(), bytes.size());
    if (found != restored::ok && found != restored::sensing) CHECK(factor_bits(second.run.factor) == before);
    return found;
  };
  REQUIRE(tried(sensing, y, options, kept) == restored::ok);
  SUBCASE("every length, and every bit") {
    owned_run second(sensing, y, options);
    for (std::size_t size = 0; size < kept.size(); ++size)
      REQUIRE(restore(second.run, kept.data(), size) == restored::damaged);
    REQUIRE(restore(second.run, nullptr, 0) == restored::damaged);
    std::vector<std::byte> bent = kept;
    for (std::size_t bit = 0; bit < 8 * kept.size(); bit += 3) {
      bent[bit / 8] ^= std::byte{1} << (bit % 8);
      REQUIRE(restore(second.run, bent.data(), bent.size()) == restored::damaged);
      bent[bit / 8] = kept[bit / 8];
    }
    bent.push_back(std::byte{0});
    CHECK(restore(second.run, bent.data(), bent.size()) == restored::damaged);
    CHECK(restore(second.run, kept.data(), kept.size()) == restored::ok);
  }
  SUBCASE("a step that doubled too soon more often than any run counts") {
    first.run.growth.failures = 32;
    CHECK(tried(sensing, y, options, saved(first.run)) == restored::sensing);
    first.run.growth.failures = 31;
    CHECK(tried(sensing, y, options, saved(first.run)) == restored::ok);
  }
  SUBCASE("another problem") {
    options_type other = options;
    other.rank = 4;
    CHECK(tried(sensing, y, other, kept) == restored::sizes);
    other = options;
    other.history = 4;
    CHECK(tried(sensing, y, other, kept) != restored::ok);
    other = options;
    other.seed = 2;
    CHECK(tried(sensing, y, other, kept) == restored::options);
    other = options;
    other.relative_tolerance = 1e-9;
    CHECK(tried(sensing, y, other, kept) == restored::options);
    other = options;
    other.iteration_limit = 6;
    CHECK(tried(sensing, y, other, kept) == restored::options);
    other.iteration_limit = 8;
    CHECK(tried(sensing, y, other, kept) == restored::ok);
    std::vector<double> changed = y;
    changed[59] *= 1 + 1e-15;
    CHECK(tried(sensing, changed, options, kept) == restored::measurements);
    CHECK(tried(gaussian_sensing<double>{8, 60, 4}, y, options, kept) == restored::sensing);
    CHECK(tried(gaussian_sensing<double>{7, 60, 3}, y, options, kept) == restored::sizes);
    gradient_descent_options<double> plain;
    plain.rank = 3;
    CHECK(tried(sensing, y, plain, kept) == restored::kind);
    owned<staircase<double>, gaussian_sensing<double>, double, staircase_options<double>> stairs(sensing, y,
                                                                                                 {});
    CHECK(restore(stairs.run, kept.data(), kept.size()) == restored::kind);
    owned<recovery<double>, gaussian_sensing<double>, double, recovery_options<double>> whole(sensing, y, {});
    CHECK(restore(whole.run, kept.data(), kept.size()) == restored::kind);
    const auto of_stairs = saved(stairs.run);
    staircase_options<double> narrow;
    narrow.spent = 1;
    owned<staircase<double>, gaussian_sensing<double>, double, staircase_options<double>> second(sensing, y,
                                                                                                 narrow);
    CHECK(restore(second.run, of_stairs.data(), of_stairs.size()) == restored::options);
  }
  SUBCASE("matrices that another staircase has") {
    using stairs_run = owned<staircase<double>, gaussian_sensing<double>, double, staircase_options<double>>;
    const gaussian_sensing<double> others{8, 60, 4};
    stairs_run stairs(sensing, y, {});
    while (stairs.run.phase != staircase_phase::descend) step(stairs.run);
    const auto of_stairs = saved(stairs.run);
    stairs_run second(others, y, {});
    CHECK(restore(second.run, of_stairs.data(), of_stairs.size()) == restored::sensing);
  }
}

TEST_SUITE_END();
