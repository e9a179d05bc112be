// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <set>
#include <string>

#include "golden_methods.hpp"
#include "lib/solver/saved_run.hpp"
#include "recovery_testing.hpp"
#include "tinyrank/checkpoint.hpp"
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

template <class T, class Sensing, class Options>
std::size_t arena_of(const descent<T>&, const Sensing& a, const Options& options) {
  return descent_bytes(a, options);
}
template <class T, class Sensing>
std::size_t arena_of(const staircase<T>&, const Sensing& a, const staircase_options<T>& options) {
  return staircase_bytes(a, options);
}
template <class T, class Sensing>
std::size_t arena_of(const recovery<T>&, const Sensing& a, const recovery_options<T>& options) {
  return recovery_bytes(a, options);
}

/// A run with memory of its own, filled with what no run leaves there.
template <class Run, class Sensing, class T, class Options>
struct owned {
  aligned_vector<std::byte> memory;
  Run run{};

  owned(const Sensing& sensing, const std::vector<T>& y, const Options& options) {
    memory.assign(arena_of(run, sensing, options), std::byte{0xa5});
    REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
  }
};

template <class Run>
std::vector<std::byte> saved(const Run& run) {
  std::vector<std::byte> bytes(saved_bytes(run) + 1, std::byte{0x77});
  REQUIRE(bytes.size() > 1);
  REQUIRE(save(run, bytes.data(), bytes.size() - 2) == 0);
  REQUIRE(bytes[0] == std::byte{0x77});
  REQUIRE(save(run, bytes.data(), bytes.size()) == bytes.size() - 1);
  REQUIRE(bytes.back() == std::byte{0x77});
  bytes.pop_back();
  return bytes;
}

template <class T>
std::uint32_t progress_of(const descent<T>& run) {
  return run.report.iterations;
}
template <class Staircase>
std::uint32_t progress_of(const Staircase& run) {
  return run.report.passes;
}

template <class T>
bool same_words(const descent<T>& a, const descent<T>& b) {
  return a.report.step_size == b.report.step_size && a.report.step_reductions == b.report.step_reductions;
}
template <class Staircase>
bool same_words(const Staircase& a, const Staircase& b) {
  return a.report.verdict == b.report.verdict && a.report.entries == b.report.entries &&
         a.report.noise_estimate == b.report.noise_estimate &&
         factor_bits(a.directions) == factor_bits(b.directions) &&
         factor_bits(a.freedom) == factor_bits(b.freedom);
}

template <class Run>
bool same_state(const Run& a, const Run& b) {
  return same_words(a, b) && a.report.result == b.report.result && a.report.loss == b.report.loss &&
         progress_of(a) == progress_of(b) && factor_bits(a.factor) == factor_bits(b.factor);
}

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

template <class T>
std::vector<T> measured_truth(const sensing_operator<T>& table, std::size_t n, std::size_t rank,
                              T condition) {
  factor<T> truth(n, rank);
  draw_planted_truth(truth.view, condition, 17);
  table.project(truth.view);
  return caller<T>(table, rank).measure(truth.view);
}

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

TEST_CASE("a saved run whose checksum holds is read with care, too") {
  const gaussian_sensing<double> sensing{8, 60, 3};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, 8, 2, 2);
  constexpr std::size_t version_at = 8, order_at = 12, bytes_at = 16, header = 64, sum = 8;
  const auto put = [](std::vector<std::byte>& saved_run, std::size_t at, auto value) {
    std::memcpy(saved_run.data() + at, &value, sizeof value);
  };
  const auto sealed = [&](std::vector<std::byte> saved_run) {
    put(saved_run, bytes_at, static_cast<std::uint64_t>(saved_run.size()));
    put(saved_run, saved_run.size() - sum, hash_bytes(saved_run.data(), saved_run.size() - sum));
    return saved_run;
  };
  using stairs_run = owned<staircase<double>, gaussian_sensing<double>, double, staircase_options<double>>;
  stairs_run stairs(sensing, y, {}), second(sensing, y, {});
  while (stairs.run.phase != staircase_phase::descend) step(stairs.run);
  const std::vector<std::byte> kept = saved(stairs.run);
  const auto tried = [&](const std::vector<std::byte>& bytes) {
    return restore(second.run, bytes.data(), bytes.size());
  };
  REQUIRE(tried(sealed(kept)) == restored::ok);
  SUBCASE("by another version, or another byte order") {
    std::vector<std::byte> other = kept;
    put(other, version_at, std::uint32_t{2});
    CHECK(tried(sealed(other)) == restored::version);
    other = kept;
    put(other, order_at, std::uint32_t{0x01000000});
    CHECK(tried(sealed(other)) == restored::kind);
    CHECK(save(stairs.run, nullptr, kept.size()) == 0);
  }
  SUBCASE("with less behind its header than the run has, or more") {
    for (const std::size_t size : {header + sum, header + sum + 8, kept.size() - 8, kept.size() + 8}) {
      std::vector<std::byte> other = kept;
      other.resize(size);
      CHECK(tried(sealed(other)) == restored::sensing);
    }
  }
  SUBCASE("with factors that lie outside the arena") {
    std::size_t refused = 0;
    const std::byte* const begin = second.memory.data();
    const std::byte* const end = begin + second.memory.size();
    const auto is_inside = [&](factor_view<const double> u) {
      const auto* const at = reinterpret_cast<const std::byte*>(u.data);
      return u.rank == 0 || at == nullptr ||
             (at >= begin && at < end &&
              u.rank <= static_cast<std::size_t>(end - at) / sizeof(double) / u.stride);
    };
    // A view is a block's number, an offset in bytes and a rank. What looks like one is bent in each of them.
    constexpr std::size_t offset_at = 4, rank_at = 12, view_bytes = 20;
    for (std::size_t at = header; at + view_bytes <= kept.size() - sum; ++at) {
      std::uint32_t block = 0;
      std::uint64_t offset = 0, rank = 0;
      std::memcpy(&block, kept.data() + at, sizeof block);
      std::memcpy(&offset, kept.data() + at + offset_at, sizeof offset);
      std::memcpy(&rank, kept.data() + at + rank_at, sizeof rank);
      if (block >= place_list::most || offset % sizeof(double) != 0 || offset > second.memory.size() ||
          rank == 0 || rank > 8)
        continue;
      const auto check_bent = [&](std::size_t place, auto value) {
        std::vector<std::byte> other = kept;
        put(other, at + place, value);
        if (tried(sealed(other)) != restored::ok) ++refused;
        const staircase<double>& run = second.run;
        CHECK((is_inside(run.factor) && is_inside(run.directions) && is_inside(run.freedom) &&
               is_inside(run.kept) && is_inside(run.inner.factor) && is_inside(run.inner.gradient)));
      };
      check_bent(0, std::uint32_t{place_list::most - 1});
      check_bent(0, std::uint32_t{0x7fffffff});
      check_bent(offset_at, offset + 4);
      check_bent(offset_at, std::uint64_t{1} << 40);
      check_bent(rank_at, std::uint64_t{1} << 20);
      check_bent(rank_at, ~std::uint64_t{0});
    }
    CHECK(refused >= 12);
    CHECK(tried(kept) == restored::ok);
    CHECK(same_state(stairs.run, second.run));
  }
}

TEST_CASE("a run by a method that does not say what its state is cannot be saved") {
  const gaussian_sensing<double> sensing{8, 60, 3};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, 8, 2, 2);
  momentum_options<double> options;
  options.rank = 3;
  owned<descent<double>, gaussian_sensing<double>, double, momentum_options<double>> first(sensing, y,
                                                                                           options);
  std::vector<std::byte> kept = saved(first.run);
  descent_method<double> silent = *first.run.method;
  silent.state_lines = 0;
  first.run.method = &silent;
  CHECK(saved_bytes(first.run) == 0);
  CHECK(save(first.run, kept.data(), kept.size()) == 0);
  CHECK(restore(first.run, kept.data(), kept.size()) == restored::kind);
}

TEST_SUITE_END();
