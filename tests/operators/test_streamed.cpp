// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Operators whose rows are asked for: which rows a pass asks for, the bits of the stored ones, and rows that
// cannot be had. What every operator has is in test_catalogue.cpp.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "operator_testing.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/streamed.hpp"
#include "tinyrank/recovery.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seed = 57;

/// Rows in memory, and how they were asked for. From `broken` on there are none.
struct watched_rows {
  const std::byte* rows = nullptr;
  std::size_t count = 0;
  std::size_t broken = SIZE_MAX;
  bool in_place = false;  ///< are not copied
  std::vector<std::atomic<int>> asked;
  std::atomic<std::size_t> next = 0, jumps = 0, misaligned = 0;

  explicit watched_rows(std::size_t how_many) : count(how_many), asked(how_many) {}

  static const void* read(void* context, std::size_t first, std::size_t count, std::size_t row_bytes,
                          void* buffer) {
    auto& self = *static_cast<watched_rows*>(context);
    if (reinterpret_cast<std::uintptr_t>(buffer) % 64 != 0) ++self.misaligned;
    if (self.next.exchange(first + count) != first) ++self.jumps;
    for (std::size_t i = first; i < first + count; ++i) ++self.asked[i];
    if (first + count > self.broken) return nullptr;
    const std::byte* const from = self.rows + first * row_bytes;
    if (self.in_place) return from;
    std::memcpy(buffer, from, count * row_bytes);
    return buffer;
  }
  /// Whether every row was asked for so many times.
  bool each(int times) {
    bool all = true;
    for (std::atomic<int>& one : asked) all = all && one.exchange(0) == times;
    return all;
  }
};

/// The sizes of a Stored with factors of n rows, and numbers in place of its rows.
template <class T, class Stored>
Stored place_rows(std::size_t n, std::size_t m, const T* rows) {
  if constexpr (std::is_same_v<Stored, rank_one_sensing<T>>) {
    return {n, m, rows, rank_one_form::debiased};
  } else if constexpr (std::is_same_v<Stored, complex_rank_one_sensing<T>>) {
    return {n / 2, m, rows, rank_one_form::debiased};
  } else if constexpr (std::is_same_v<Stored, hermitian_dense_sensing<T>>) {
    return {n / 2, m, rows};
  } else if constexpr (std::is_same_v<Stored, rectangular_dense_sensing<T>>) {
    return {(n + 2) / 3, n - (n + 2) / 3, m, rows};
  } else if constexpr (std::is_same_v<Stored, bilinear_sensing<T>>) {
    const std::size_t left = (n + 2) / 3;
    return {left, n - left, m, rows, rows + m * padded<T>(left)};
  } else if constexpr (std::is_same_v<Stored, dense_sensing<T>>) {
    return {n, m, rows};
  } else {
    return {n, m};
  }
}

/// Standard normal matrices or vectors in the form of Stored.
template <class T, class Stored>
struct streamed_case {
  aligned_vector<T> exact;
  aligned_vector<std::uint16_t> halves;
  aligned_vector<std::int8_t> bytes;
  std::vector<float> scales;
  Stored stored;
  watched_rows from, from_right;
  streamed_sensing<Stored> streamed;
  sensing_operator<T> of_stored, of_streamed;

  static constexpr bool is_packed =
      std::is_same_v<Stored, dense_sensing<T>> || sizeof(row_element<Stored>) < 4;
  static constexpr bool has_two_sides = std::is_same_v<Stored, bilinear_sensing<T>>;

  static constexpr std::size_t rows_of(std::size_t m) {
    return requires(Stored a) {
      a.form;
    }
    ? 2 * m : m;
  }

  streamed_case(std::size_t n, std::size_t m)
      : exact(std::max(dense_row_elements<T>(n, m), 3 * m * padded<T>(n))),
        halves(quantized_row_elements<std::uint16_t>(n, m)),
        bytes(quantized_row_elements<std::int8_t>(n, m)),
        scales(m),
        from(rows_of(m)),
        from_right(m) {
    stored = place_rows<T, Stored>(n, m, exact.data());
    if constexpr (is_packed) {
      REQUIRE(fill_gaussian_rows(n, 0, m, seed, gaussian_ensemble::isotropic, exact.data()) == status::ok);
      bool finite = true;
      for (std::size_t i = 0; i < m; ++i) {
        const T* row = exact.data() + i * packed_stride<T>(n);
        finite = pack_row_bf16(n, row, halves.data() + i * quantized_stride<std::uint16_t>(n)) && finite;
        scales[i] = pack_row_int8(n, row, bytes.data() + i * quantized_stride<std::int8_t>(n));
      }
      REQUIRE(finite);
    } else if constexpr (has_two_sides) {
      fill_rows(stored.rows, m, exact.data());
      fill_rows(stored.columns, m, exact.data() + m * padded<T>(stored.rows));
    } else if constexpr (std::is_same_v<Stored, rectangular_dense_sensing<T>>) {
      fill_rows(stored.rows * stored.columns, m, exact.data());
    } else if constexpr (std::is_same_v<Stored, hermitian_dense_sensing<T>>) {
      fill_rows(stored.dimension * stored.dimension, m, exact.data());
    } else {
      fill_rows(n, 2 * m, exact.data());
    }
    from.rows = reinterpret_cast<const std::byte*>(exact.data());
    if constexpr (std::is_same_v<Stored, dense_bf16_sensing<T>>) {
      stored = {n, m, halves.data()};
      from.rows = reinterpret_cast<const std::byte*>(halves.data());
    }
    if constexpr (std::is_same_v<Stored, dense_int8_sensing<T>>) {
      stored = {n, m, bytes.data(), scales.data()};
      from.rows = reinterpret_cast<const std::byte*>(bytes.data());
    }
    if constexpr (has_two_sides) {
      from_right.rows = reinterpret_cast<const std::byte*>(stored.right);
      streamed = {place_rows<T, Stored>(n, m, nullptr),
                  {watched_rows::read, &from},
                  {watched_rows::read, &from_right}};
    } else {
      streamed = {stored, {watched_rows::read, &from}};
      if constexpr (!is_packed) streamed = {place_rows<T, Stored>(n, m, nullptr), streamed.source};
      if constexpr (is_packed) streamed.rows = nullptr;
    }
    REQUIRE(make_operator(stored, of_stored) == status::ok);
    REQUIRE(make_operator(streamed, of_streamed) == status::ok);
  }
  streamed_case(const streamed_case&) = delete;

  /// Rows of normal numbers, padded with zeros.
  static void fill_rows(std::size_t entries, std::size_t count, T* rows) {
    REQUIRE(fill_rank_one_vectors(entries, 0, count, seed + entries, rows) == status::ok);
  }

  bool each(int times) { return from.each(times) && (!has_two_sides || from_right.each(times)); }
};

template <class T>
std::uint64_t bits_of(const aligned_vector<T>& cells) {
  std::uint64_t bits = 0;
  for (const T cell : cells) {
    std::uint64_t one = 0;
    std::memcpy(&one, &cell, sizeof cell);
    bits = bits * 31 + one;
  }
  return bits;
}

template <class Stored, class T>
void check_bits_and_order(std::size_t n, std::size_t m, std::uint32_t threads, bool in_place) {
  CAPTURE(n);
  CAPTURE(threads);
  CAPTURE(in_place);
  constexpr std::size_t rank = 3;
  streamed_case<T, Stored> made(n, m);
  made.from.in_place = made.from_right.in_place = in_place;
  factor<T> u(n, rank), left(n, rank), right(n, rank);
  u.draw(1);
  const std::vector<T> w = normal_vector<T>(2, m);
  const execution_plan plan{threads, 16};
  const caller<T> of_stored(made.of_stored, rank, plan), of_streamed(made.of_streamed, rank, plan);

  const std::vector<T> y = of_stored.measure(u.view);
  CHECK(of_streamed.measure(u.view) == y);
  CHECK(made.each(1));
  of_stored.adjoint_times(w, u.view, left.view);
  of_streamed.adjoint_times(w, u.view, right.view);
  CHECK(bits_of(left.cells) == bits_of(right.cells));
  CHECK(made.each(1));
  CHECK(of_stored.loss_and_gradient(u.view, w, left.view) ==
        of_streamed.loss_and_gradient(u.view, w, right.view));
  CHECK(bits_of(left.cells) == bits_of(right.cells));
  CHECK(made.each(1));
  CHECK(made.from.misaligned + made.from_right.misaligned == 0);
  // One thread goes on where it was but at the start of a pass; of several each has a part of its own.
  if (threads == 1) CHECK(made.from.jumps == 2);
  if (threads == 1 && made.has_two_sides) CHECK(made.from_right.jumps == 2);
}

/// What a row that cannot be had does to the verbs, and to two solvers.
template <class Stored, class T>
void check_broken() {
  constexpr std::size_t n = 12, m = 300, rank = 2;
  streamed_case<T, Stored> made(n, m);
  factor<T> u(n, rank), image(n, rank);
  u.draw(1);
  const caller<T> call(made.of_streamed, rank);
  std::vector<T> y = call.measure(u.view);
  made.from.broken = made.from.count - 1;
  const std::vector<T> measured = call.measure(u.view);
  CHECK(std::count_if(measured.begin(), measured.end(), [](T value) { return value != value; }) > 0);
  CHECK(measured[0] == y[0]);
  const T loss = call.loss_and_gradient(u.view, y, image.view);
  CHECK(loss != loss);
  call.adjoint_times(y, u.view, image.view);
  CHECK(std::count_if(image.cells.begin(), image.cells.end(), [](T value) { return value != value; }) > 0);

  made.from.broken = SIZE_MAX;
  if (made.has_two_sides) {
    made.from_right.broken = made.from_right.count - 1;
    const T loss_of_one_side = call.loss_and_gradient(u.view, y, image.view);
    CHECK(loss_of_one_side != loss_of_one_side);
    made.from_right.broken = SIZE_MAX;
  }
  gradient_descent_options<T> options;
  options.rank = rank;
  aligned_vector<std::byte> memory(descent_bytes(made.of_streamed, options, gradient_descent_method<T>));
  descent<T> run;
  REQUIRE(init_operator(run, made.of_streamed, y.data(), options, gradient_descent_method<T>, memory.data(),
                        memory.size()) == status::ok);
  step(run);
  REQUIRE(run.report.result == outcome::running);
  made.from.broken = 0;
  CHECK(run_to_end(run) != outcome::recovered);

  made.from.broken = SIZE_MAX;
  recovery_options<T> nothing_told;
  aligned_vector<std::byte> room(recovery_bytes(made.of_streamed, nothing_told));
  recovery<T> climb;
  REQUIRE(init_operator(climb, made.of_streamed, y.data(), nothing_told, room.data(), room.size()) ==
          status::ok);
  step(climb);
  made.from.broken = 0;
  while (step(climb) == outcome::running) {
  }
  CHECK(climb.report.result != outcome::recovered);
  CHECK(climb.report.verdict != verdict::recovered);
}

template <class Stored>
constexpr bool is_complex = requires(Stored a) {
  a.dimension;
};
template <class Stored>
constexpr bool has_sides = requires(Stored a) {
  a.columns;
};

template <class T, class Use>
void for_every_kind(Use use) {
  use(dense_sensing<T>{});
  use(dense_bf16_sensing<T>{});
  use(dense_int8_sensing<T>{});
  use(hermitian_dense_sensing<T>{});
  use(rectangular_dense_sensing<T>{});
  use(rank_one_sensing<T>{});
  use(complex_rank_one_sensing<T>{});
  use(bilinear_sensing<T>{});
}

}  // namespace

TEST_SUITE_BEGIN("streamed");

TEST_CASE_TEMPLATE("a pass asks once for every row, in order, and has the bits of stored rows", T, float,
                   double) {
  for_every_kind<T>([](auto kind) {
    // Whole lines and not, blocks that end with a shard and not, and more shards than rows.
    for (std::size_t n : {1u, 15u, 32u, 61u}) {
      if (test::light && (n == 15 || n == 32)) continue;
      // Complex numbers are two, and a rectangle has two sides.
      using stored = decltype(kind);
      constexpr bool has_two = is_complex<stored> || has_sides<stored>;
      if (has_two && n == 1) n = 2;
      if (is_complex<stored> && n % 2 != 0) ++n;
      for (const std::uint32_t threads : {1u, 3u}) {
        if (check_plan({threads, 16}) != status::ok) continue;
        check_bits_and_order<decltype(kind), T>(n, n <= 2 ? 7 : 1003, threads, false);
        check_bits_and_order<decltype(kind), T>(n, n <= 2 ? 7 : 1003, threads, true);
      }
    }
  });
}

TEST_CASE_TEMPLATE("rows that cannot be had end a run, and none is called recovered", T, float, double) {
  for_every_kind<T>([](auto kind) { check_broken<decltype(kind), T>(); });
}

TEST_CASE_TEMPLATE("a batch asks once for every row, for all of its problems", T, float, double) {
  constexpr std::size_t n = 20, m = 500, rank = 2, problems = 3;
  const auto check = [&](auto kind) {
    streamed_case<T, decltype(kind)> made(n, m);
    batch_operator<T> batch;
    make_batch_operator(made.streamed, batch);
    REQUIRE((batch.loss_and_gradient != nullptr));
    const execution_plan plan{};
    aligned_vector<std::byte> shared(batch.scratch_bytes(batch.context, problems, plan));
    workspace<T> how = caller<T>(made.of_streamed, rank, plan).how;
    how.scratch = shared.data();
    how.scratch_bytes = shared.size();
    const std::vector<T> y = normal_vector<T>(5, m);
    std::vector<std::unique_ptr<factor<T>>> factors, gradients;
    std::vector<std::unique_ptr<caller<T>>> own;
    std::vector<batch_problem<T>> asked(problems);
    for (std::size_t p = 0; p < problems; ++p) {
      factors.push_back(std::make_unique<factor<T>>(n, rank));
      gradients.push_back(std::make_unique<factor<T>>(n, rank));
      own.push_back(std::make_unique<caller<T>>(made.of_streamed, rank, plan));
      factors[p]->draw(10 + p);
      asked[p] = {&own[p]->how, factors[p]->view, y.data(), gradients[p]->view, 0};
    }
    made.each(0);
    batch.loss_and_gradient(batch.context, how, asked.data(), problems);
    CHECK(made.each(1));
    const caller<T> alone(made.of_stored, rank, plan);
    for (std::size_t p = 0; p < problems; ++p) {
      factor<T> expected(n, rank);
      CHECK(alone.loss_and_gradient(factors[p]->view, y, expected.view) == asked[p].loss);
      CHECK(bits_of(expected.cells) == bits_of(gradients[p]->cells));
    }
    made.from.broken = 3;
    batch.loss_and_gradient(batch.context, how, asked.data(), problems);
    for (const batch_problem<T>& one : asked) CHECK(one.loss != one.loss);
  };
  for_every_kind<T>([&](auto kind) {
    if constexpr (std::is_same_v<row_element<decltype(kind)>, T>) check(kind);
  });
  batch_operator<T> none;
  streamed_case<T, dense_bf16_sensing<T>> rounded(n, m);
  make_batch_operator(rounded.streamed, none);
  CHECK((none.loss_and_gradient == nullptr));
}

TEST_CASE_TEMPLATE("bad arguments are refused", T, float, double) {
  sensing_operator<T> out;
  const row_source source{watched_rows::read, nullptr};
  const std::array<float, 2> scales = {1, std::numeric_limits<float>::infinity()};
  CHECK(make_operator(streamed_sensing<dense_sensing<T>>{{4, 2}, {}}, out) == status::operator_data);
  CHECK(make_operator(streamed_sensing<dense_sensing<T>>{{0, 2}, source}, out) == status::dimension);
  CHECK(make_operator(streamed_sensing<dense_sensing<T>>{{4, 0}, source}, out) == status::measurement_count);
  CHECK(make_operator(streamed_sensing<dense_sensing<T>>{{4, SIZE_MAX / 8}, source}, out) ==
        status::size_overflow);
  CHECK(make_operator(streamed_sensing<dense_bf16_sensing<T>>{{4, SIZE_MAX / 2}, source}, out) ==
        status::size_overflow);
  CHECK(make_operator(streamed_sensing<dense_bf16_sensing<T>>{{4, 2}, {}}, out) == status::operator_data);
  CHECK(make_operator(streamed_sensing<dense_int8_sensing<T>>{{4, 2}, source}, out) == status::operator_data);
  CHECK(make_operator(streamed_sensing<dense_int8_sensing<T>>{{4, 2, nullptr, scales.data()}, source}, out) ==
        status::operator_data);
  CHECK(make_operator(streamed_sensing<dense_int8_sensing<T>>{{4, 1, nullptr, scales.data()}, source}, out) ==
        status::ok);
  CHECK(make_operator(streamed_sensing<hermitian_dense_sensing<T>>{{4, 2}, {}}, out) ==
        status::operator_data);
  CHECK(make_operator(streamed_sensing<hermitian_dense_sensing<T>>{{4, SIZE_MAX / 8}, source}, out) ==
        status::size_overflow);
  CHECK(make_operator(streamed_sensing<hermitian_dense_sensing<T>>{{0, 2}, source}, out) ==
        status::dimension);
  CHECK(make_operator(streamed_sensing<rectangular_dense_sensing<T>>{{2, 0, 2}, source}, out) ==
        status::dimension);
  CHECK(make_operator(streamed_sensing<rectangular_dense_sensing<T>>{{2, 3, 0}, source}, out) ==
        status::measurement_count);
  CHECK(make_operator(streamed_sensing<rectangular_dense_sensing<T>>{{2, 3, SIZE_MAX / 8}, source}, out) ==
        status::size_overflow);
  CHECK(make_operator(streamed_sensing<complex_rank_one_sensing<T>>{{4, 0}, source}, out) ==
        status::measurement_count);
  CHECK(make_operator(streamed_sensing<bilinear_sensing<T>>{{2, 3, 4}, source, {}}, out) ==
        status::operator_data);
  CHECK(make_operator(streamed_sensing<bilinear_sensing<T>>{{2, 3, 4}, {}, source}, out) ==
        status::operator_data);
  CHECK(make_operator(streamed_sensing<bilinear_sensing<T>>{{2, 3, SIZE_MAX / 4}, source, source}, out) ==
        status::size_overflow);
  CHECK(make_operator(streamed_sensing<bilinear_sensing<T>>{{2, 3, 4}, source, source}, out) == status::ok);
  CHECK(scratch_bytes(streamed_sensing<bilinear_sensing<T>>{{0, 3, 4}, source, source}, 1, {}) == SIZE_MAX);
  CHECK(scratch_bytes(streamed_sensing<rectangular_dense_sensing<T>>{{0, 3, 4}, source}, 1, {}) == SIZE_MAX);
  CHECK(make_operator(streamed_sensing<rank_one_sensing<T>>{{4, 2}, {}}, out) == status::operator_data);
  CHECK(make_operator(streamed_sensing<rank_one_sensing<T>>{{4, 2}, source}, out) == status::ok);
}

TEST_SUITE_END();
