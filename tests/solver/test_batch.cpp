// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <deque>
#include <limits>

#include "operator_testing.hpp"
#include "staircase_testing.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/quadratic_network.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seed = 37;

/// Every operator that has a batch of its own, and Hadamard, which has not, over storage of their own.
template <class T>
struct batch_case {
  std::size_t n, m;
  aligned_vector<T> rows;
  aligned_vector<std::uint16_t> halves;
  aligned_vector<std::int8_t> bytes;
  std::vector<float> scales;
  dense_sensing<T> dense;
  gaussian_sensing<T> gaussian;
  rademacher_sensing<T> rademacher;
  dense_bf16_sensing<T> bf16;
  dense_int8_sensing<T> int8;
  aligned_vector<T> vectors;
  rank_one_sensing<T> rank_one;
  generated_rank_one_sensing<T> generated_rank_one;
  hadamard_sensing<T> hadamard;

  batch_case(std::size_t size, std::size_t count)
      : n(size),
        m(count),
        rows(dense_row_elements<T>(n, m)),
        halves(quantized_row_elements<std::uint16_t>(n, m)),
        bytes(quantized_row_elements<std::int8_t>(n, m)),
        scales(m) {
    REQUIRE(fill_gaussian_rows(n, 0, m, seed, gaussian_ensemble::isotropic, rows.data()) == status::ok);
    for (std::size_t i = 0; i < m; ++i) {
      const T* row = rows.data() + i * packed_stride<T>(n);
      REQUIRE(pack_row_bf16(n, row, halves.data() + i * quantized_stride<std::uint16_t>(n)));
      scales[i] = pack_row_int8(n, row, bytes.data() + i * quantized_stride<std::int8_t>(n));
    }
    dense = {n, m, rows.data()};
    gaussian = {n, m, seed, gaussian_ensemble::isotropic};
    rademacher = {n, m, seed};
    bf16 = {n, m, halves.data()};
    int8 = {n, m, bytes.data(), scales.data()};
    vectors.resize(rank_one_vector_elements<T>(n, m, rank_one_form::plain));
    REQUIRE(fill_rank_one_vectors(n, 0, m, seed, vectors.data()) == status::ok);
    rank_one = {n, m, vectors.data(), rank_one_form::plain};
    generated_rank_one = {n, m, seed, rank_one_form::debiased};
    hadamard.n = n;
    hadamard.measurement_count = m < hadamard_slot_count(n) ? m : hadamard_slot_count(n);
  }
  batch_case(const batch_case&) = delete;

  template <class Use>
  void for_each(Use use) {
    use(dense, "dense");
    use(gaussian, "gaussian");
    use(rademacher, "rademacher");
    use(bf16, "bf16");
    use(int8, "int8");
    use(rank_one, "rank-one");
    use(generated_rank_one, "generated rank-one");
    use(hadamard, "hadamard");
  }
};

constexpr std::size_t light_or(std::size_t light, std::size_t full) {
  return test::light ? light : full;
}

std::uint32_t limit_of(std::size_t i) {
  return static_cast<std::uint32_t>(light_or(2, 6) + light_or(2, 5) * (i % 4));
}

/// Problems that differ in everything that may differ.
template <class T>
descent_options<T> options_of(std::size_t i, execution_plan plan, instruction_set isa) {
  descent_options<T> options;
  options.rank = 1 + i * 3 % 7;
  options.seed = 100 + i;
  options.initial_scale = i % 3 == 0 ? T(automatic) : T(0.02) * static_cast<T>(1 + i);
  options.step_size = i % 2 == 0 ? T(automatic) : T(0.1);
  options.iteration_limit = limit_of(i);
  options.relative_tolerance = 0;
  options.plan = plan;
  options.isa = isa;
  return options;
}

template <class T>
struct several_runs {
  std::deque<aligned_vector<std::byte>> memory;
  std::deque<std::vector<T>> y;
  std::vector<descent<T>> runs;

  template <class Sensing>
  several_runs(const Sensing& a, std::size_t count, execution_plan plan, instruction_set isa) : runs(count) {
    sensing_operator<T> table;
    REQUIRE(make_operator(a, table) == status::ok);
    for (std::size_t i = 0; i < count; ++i) {
      factor<T> truth(a.n, 2);
      truth.draw(50 + i);
      y.push_back(caller<T>(table, 2).measure(truth.view));
      const descent_options<T> options = options_of<T>(i, plan, isa);
      // All methods in one batch, the one with an evaluation of its own, too.
      if (i % 5 == 0) make(runs[i], a, options);
      if (i % 5 == 1) make(runs[i], a, scaled_gradient_descent_options<T>{options});
      if (i % 5 == 2) make(runs[i], a, momentum_options<T>{options});
      if (i % 5 == 4) make(runs[i], a, quasi_newton_options<T>(options, 3, T(0.25)));
      if (i % 5 == 3) make(runs[i], a, quadratic_network_options<T>{options, T(0), false});
    }
  }
  several_runs(const several_runs&) = delete;

 private:
  template <class Sensing, class Options>
  void make(descent<T>& run, const Sensing& a, const Options& options) {
    memory.emplace_back(descent_bytes(a, options));
    REQUIRE(init(run, a, y.back().data(), options, memory.back().data(), memory.back().size()) == status::ok);
  }
};

template <class T>
void check_same_run(const descent<T>& one, const descent<T>& other) {
  CHECK(one.report.result == other.report.result);
  CHECK(one.report.iterations == other.report.iterations);
  CHECK(one.report.step_reductions == other.report.step_reductions);
  CHECK(one.report.loss == other.report.loss);
  CHECK(one.report.step_size == other.report.step_size);
  CHECK(factor_bits(one.factor) == factor_bits(other.factor));
  CHECK(factor_bits(one.gradient) == factor_bits(other.gradient));
}

/// The first `count` of runs that were taken to their end, once more, in a batch.
template <class T, class Sensing>
void check_batch(const Sensing& a, const several_runs<T>& alone, std::size_t count, execution_plan plan,
                 instruction_set isa) {
  several_runs<T> together(a, count, plan, isa);
  const std::size_t needed = batch_bytes<T>(a, count, plan);
  aligned_vector<std::byte> buffer(needed + 64, std::byte{0x5a});
  REQUIRE(run_batch(a, together.runs.data(), count, buffer.data(), needed) == status::ok);
  for (std::size_t i = 0; i < count; ++i) {
    CAPTURE(i);
    check_same_run(together.runs[i], alone.runs[i]);
  }
  for (std::size_t k = needed; k < buffer.size(); ++k) CHECK(buffer[k] == std::byte{0x5a});
}

template <class T, class Sensing>
void check_batch(const Sensing& a, std::size_t count, execution_plan plan, instruction_set isa) {
  several_runs<T> alone(a, count, plan, isa);
  for (descent<T>& run : alone.runs) run_to_end(run);
  check_batch(a, alone, count, plan, isa);
}

}  // namespace

TEST_SUITE_BEGIN("batch");

TEST_CASE_TEMPLATE("each run of a batch has the bits it has alone", T, float, double) {
  batch_case<T> given(11, 70);  // with two shards, 32 rows and then three
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    CAPTURE(std::string(to_string(isa)));
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{3, 2}}) {
      if (check_plan(plan) != status::ok) continue;
      given.for_each([&](const auto& a, const char* name) {
        CAPTURE(std::string(name));
        several_runs<T> alone(a, 9, plan, isa);
        for (descent<T>& run : alone.runs) run_to_end(run);
        for (const std::size_t count : {1u, 2u, 7u, 9u}) check_batch(a, alone, count, plan, isa);
      });
    }
  }
}

TEST_CASE_TEMPLATE("odd sizes", T, float, double) {
  struct shape {
    std::size_t n, m;
  };
  for (const shape s : {shape{1, 1}, {2, 5}, {3, 37}, {5, 1}, {17, 33}, {64, 70}, {light_or(100, 200), 35}}) {
    CAPTURE(s.n);
    CAPTURE(s.m);
    batch_case<T> given(s.n, s.m);
    given.for_each([&](const auto& a, const char* name) {
      CAPTURE(std::string(name));
      check_batch<T>(a, s.n < 64 ? 5 : light_or(3, 5), {}, instruction_set::automatic);
    });
  }
}

TEST_CASE_TEMPLATE("batches whose threads share the matrices have the bits they have alone", T, float,
                   double) {
  if (check_plan({3, 16}) != status::ok) return;
  // Enough work of every operator for more than one thread.
  batch_case<T> given(light_or(40, 70), light_or(200, 500));
  given.for_each([&](const auto& a, const char* name) {
    CAPTURE(std::string(name));
    check_batch<T>(a, light_or(9, 16), {3, 16}, instruction_set::automatic);
  });
}

TEST_CASE("problems that are taken whole, one on each thread, have the bits they have alone") {
  constexpr std::uint32_t n = 100, m = 5000, count = 5;  // five: four taken whole, and one by both threads
  constexpr execution_plan plan{2, 16};
  if (check_plan(plan) != status::ok) return;
  std::vector<index_pair> pairs(m);
  std::vector<std::size_t> offsets(m + 1);
  std::vector<sparse_entry<float>> entries(m);
  for (std::uint32_t i = 0; i < m; ++i) {
    pairs[i] = {i * 7 % n, (i * 7 + 1 + i % 13) % n};
    entries[i] = {pairs[i].first, pairs[i].second, static_cast<float>(i % 5) - 2};
    offsets[i + 1] = i + 1;
  }
  check_batch<float>(hadamard_sensing<float>{n, m, 3}, count, plan, instruction_set::automatic);
  check_batch<float>(entries_sensing<float>{n, m, pairs.data()}, count, plan, instruction_set::automatic);
  check_batch<float>(distances_sensing<float>{n, m, pairs.data()}, count, plan, instruction_set::automatic);
  check_batch<float>(sparse_sensing<float>{n, m, offsets.data(), entries.data()}, count, plan,
                     instruction_set::automatic);
}

namespace {

/// Counts the gradients by one thread and by more, and makes them.
std::atomic<int> by_one = 0, by_more = 0;
sensing_operator<float>::function_table counted;
float count_gradient(const sensing_operator<float>& a, const workspace<float>& how,
                     factor_view<const float> u, const float* y, factor_view<float> gradient) {
  ++(how.plan.threads == 1 ? by_one : by_more);
  return counted.loss_and_gradient(a, how, u, y, gradient);
}

}  // namespace

TEST_CASE(
    "problems are taken whole where all of them are worth the threads, and as many as leave none idle") {
  constexpr execution_plan plan{2, 16};
  if (check_plan(plan) != status::ok) return;
  constexpr std::size_t n = 40, m = 3000;
  const std::vector<index_pair> pairs = drawn_pairs(n * 2, m, true, 1);
  const entries_sensing<float> sensing{n * 2, m, pairs.data()};
  const std::vector<float> y = normal_vector<float>(1, m);
  // 50,000 operations: 3000 times rank times problems.
  for (const std::size_t rank : {3U, 4U, 5U}) {
    gradient_descent_options<float> options;
    options.rank = rank;
    options.plan = plan;
    options.step_size = 0.01F;
    options.initial_scale = 0.1F;
    std::array<descent<float>, 5> runs;
    std::array<aligned_vector<std::byte>, 5> memory;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      memory[i].resize(descent_bytes(sensing, options));
      REQUIRE(init(runs[i], sensing, y.data(), options, memory[i].data(), memory[i].size()) == status::ok);
    }
    aligned_vector<std::byte> buffer(batch_bytes<float>(sensing, runs.size(), plan));
    batch<float> all;
    REQUIRE(init_batch(all, sensing, runs.data(), runs.size(), buffer.data(), buffer.size()) == status::ok);
    counted = runs[0].sensing.functions;
    for (descent<float>& run : runs) run.sensing.functions.loss_and_gradient = count_gradient;
    by_one = by_more = 0;
    CHECK(step_batch(all) == runs.size());
    CHECK(by_one == (rank == 3 ? 0 : 4));
    CHECK(by_more == (rank == 3 ? 5 : 1));
  }
}

TEST_CASE_TEMPLATE("a user's own operator takes its problems one after the other", T, float, double) {
  batch_case<T> given(7, 40);
  sensing_operator<T> own;
  REQUIRE(make_operator(given.dense, own) == status::ok);
  check_batch<T>(own, 3, {}, instruction_set::automatic);
}

TEST_CASE_TEMPLATE("runs that diverge, or take steps back, leave the others their bits", T, float, double) {
  batch_case<T> given(7, 40);
  given.for_each([&](const auto& a, const char* name) {
    CAPTURE(std::string(name));
    several_runs<T> alone(a, 5, {}, instruction_set::automatic),
        together(a, 5, {}, instruction_set::automatic);
    for (several_runs<T>* all : {&alone, &together}) {
      all->runs[1].report.step_size = T(50);
      all->runs[3].report.step_size = std::numeric_limits<T>::max();
      all->runs[4].report.step_size = T(50);
      step(all->runs[2]);
    }
    for (descent<T>& run : alone.runs) run_to_end(run);
    aligned_vector<std::byte> buffer(batch_bytes<T>(a, 5, {}));
    REQUIRE(run_batch(a, together.runs.data(), 5, buffer.data(), buffer.size()) == status::ok);
    for (const std::size_t i : {0u, 1u, 2u, 4u}) {
      CAPTURE(i);
      check_same_run(together.runs[i], alone.runs[i]);
    }
    CHECK(together.runs[1].report.result == outcome::diverged);
    // Trials that are taken back, not a step that diverges.
    CHECK(together.runs[4].report.step_reductions > 0);
    CHECK(together.runs[4].report.result != outcome::diverged);
    CHECK(together.runs[3].report.result == outcome::diverged);
    CHECK_FALSE(std::isfinite(together.runs[3].report.loss));
    CHECK(together.runs[3].report.iterations == alone.runs[3].report.iterations);
  });
}

TEST_CASE_TEMPLATE("a step is one iteration of every run that goes on, or one trial", T, float, double) {
  batch_case<T> given(9, 60);
  several_runs<T> runs(given.dense, 5, {}, instruction_set::automatic),
      alone(given.dense, 5, {}, instruction_set::automatic);
  std::array<std::uint32_t, 5> steps{limit_of(0), limit_of(1), limit_of(2), limit_of(3), 0};
  for (descent<T>& last = alone.runs[4]; last.report.result == outcome::running; ++steps[4]) step(last);
  // The last judges its trials, and takes some back once it has gone on for a while.
  CHECK(steps[4] == limit_of(4) + alone.runs[4].report.step_reductions);
  CHECK((test::light || steps[4] > limit_of(4)));
  aligned_vector<std::byte> buffer(batch_bytes<T>(given.dense, 5, {}));
  batch<T> all;
  REQUIRE(init_batch(all, given.dense, runs.runs.data(), 5, buffer.data(), buffer.size()) == status::ok);
  for (std::uint32_t t = 1; t <= *std::max_element(steps.begin(), steps.end()); ++t) {
    std::size_t expected = 0;
    for (const std::uint32_t last : steps) expected += t < last ? 1 : 0;
    CHECK(step_batch(all) == expected);
  }
  CHECK(step_batch(all) == 0);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(runs.runs[i].report.result == outcome::iteration_limit);
    CHECK(runs.runs[i].report.iterations == limit_of(i));
  }
}

TEST_CASE_TEMPLATE("bad batches are refused, and nothing is written", T, float, double) {
  batch_case<T> given(9, 60);
  several_runs<T> runs(given.dense, 3, {}, instruction_set::automatic);
  const std::size_t needed = batch_bytes<T>(given.dense, 3, {});
  aligned_vector<std::byte> buffer(needed + 64, std::byte{0x5a});
  descent<T>* first = runs.runs.data();
  batch<T> all;
  const auto made = [&](const auto& a, descent<T>* from, std::size_t count, std::byte* at,
                        std::size_t bytes) { return init_batch(all, a, from, count, at, bytes); };
  CHECK(made(given.dense, nullptr, 3, buffer.data(), needed) == status::batch);
  CHECK(made(given.dense, first, 0, buffer.data(), needed) == status::batch);
  CHECK(made(given.dense, first, 3, nullptr, needed) == status::arena_null);
  CHECK(made(given.dense, first, 3, buffer.data() + 1, needed) == status::arena_misaligned);
  CHECK(made(given.dense, first, 3, buffer.data(), needed - 1) == status::arena_too_small);
  CHECK(made(given.gaussian, first, 3, buffer.data(), needed) == status::batch);
  const dense_sensing<T> copy = given.dense;
  CHECK(made(copy, first, 3, buffer.data(), needed) == status::batch);
  runs.runs[1].how.plan.shards = 8;
  CHECK(made(given.dense, first, 3, buffer.data(), needed) == status::batch);
  runs.runs[1].how.plan.shards = 16;
  runs.runs[2].how.kernels = nullptr;
  CHECK(made(given.dense, first, 3, buffer.data(), needed) == status::batch);
  runs.runs[2].how.kernels = first->how.kernels;
  sensing_operator<T> own;
  REQUIRE(make_operator(given.dense, own) == status::ok);
  own.functions.measure = nullptr;
  CHECK(made(own, first, 3, buffer.data(), needed) == status::operator_data);
  REQUIRE(make_operator(given.gaussian, own) == status::ok);
  own.context = &given.dense;
  CHECK(made(own, first, 3, buffer.data(), needed) == status::batch);
  CHECK(made(given.dense, first, SIZE_MAX, buffer.data(), needed) == status::size_overflow);
  CHECK(all.runs == nullptr);
  for (const std::byte b : buffer) CHECK(b == std::byte{0x5a});
}

TEST_CASE("sizes that overflow are refused, never wrapped") {
  const dense_sensing<float> a{200, 100, nullptr};
  const gaussian_sensing<double> b{200, 100, 1};
  for (const std::size_t count : {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 64, SIZE_MAX / 4096}) {
    CHECK(batch_bytes<float>(a, count, {}) == SIZE_MAX);
    CHECK(batch_bytes<double>(b, count, {4, 64}) == SIZE_MAX);
  }
  static_assert(batch_bytes<float>(dense_sensing<float>{200, 10000, nullptr}, 16, execution_plan{1, 16}) <
                3000000);
}

TEST_SUITE_END();
