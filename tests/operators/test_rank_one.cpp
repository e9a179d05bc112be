// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// Both descriptors over the same vectors.
template <class T>
struct rank_one_case {
  aligned_vector<T> vectors;
  rank_one_sensing<T> stored;
  generated_rank_one_sensing<T> generated;
  sensing_operator<T> of_stored, of_generated;

  rank_one_case(std::size_t n, std::size_t m, rank_one_form form)
      : vectors(rank_one_vector_elements<T>(n, m, form)) {
    REQUIRE(fill_rank_one_vectors(n, 0, vector_count(form, m), 5, vectors.data()) == status::ok);
    stored = {n, m, vectors.data(), form};
    generated = {n, m, 5, form};
    REQUIRE(make_operator(stored, of_stored) == status::ok);
    REQUIRE(make_operator(generated, of_generated) == status::ok);
  }
  rank_one_case(const rank_one_case&) = delete;
};

/// Entry (j, k) of A_i from the definition of the streams.
double matrix_entry(rank_one_form form, std::size_t i, std::size_t j, std::size_t k) {
  const auto at = [](std::size_t vector, std::size_t index) {
    return static_cast<double>(
        gaussian(make_stream(5, random_purpose::sensing, vector), static_cast<std::uint32_t>(index)));
  };
  if (form == rank_one_form::plain) return at(i, j) * at(i, k);
  return at(2 * i, j) * at(2 * i, k) - at(2 * i + 1, j) * at(2 * i + 1, k);
}

struct shape {
  std::size_t n, m, r;
};
constexpr shape shapes[] = {{1, 1, 1},  {1, 37, 3}, {2, 5, 1},   {2, 1, 5},   {3, 37, 2},  {5, 16, 7},
                            {5, 40, 4}, {17, 9, 3}, {17, 7, 20}, {33, 65, 5}, {33, 3, 36}, {257, 19, 6}};
constexpr rank_one_form forms[] = {rank_one_form::plain, rank_one_form::debiased};

}  // namespace

TEST_SUITE_BEGIN("rank_one");

TEST_CASE_TEMPLATE("the verbs are those of the dense operator over a a^T", T, float, double) {
  for (const rank_one_form form : forms) {
    for (const shape s : shapes) {
      const rank_one_case<T> given(s.n, s.m, form);
      const dense_oracle oracle(
          s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return matrix_entry(form, i, j, k); });
      CAPTURE(s.n);
      CAPTURE(s.m);
      CAPTURE(s.r);
      for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
        if (check_plan(plan) != status::ok) continue;
        check_against_dense(given.of_stored, oracle, s.r, plan);
        check_against_dense(given.of_generated, oracle, s.r, plan);
      }
    }
  }
}

TEST_CASE_TEMPLATE("stored and generated vectors give the same bits", T, float, double) {
  for (const rank_one_form form : forms) {
    const rank_one_case<T> given(33, 70, form);
    factor<T> u(33, 5), one(33, 5), two(33, 5);
    u.draw(1);
    const std::vector<T> y = normal_vector<T>(2, 70);
    const caller<T> stored(given.of_stored, 5), generated(given.of_generated, 5);
    CHECK(stored.measure(u.view) == generated.measure(u.view));
    CHECK(stored.loss_and_gradient(u.view, y, one.view) == generated.loss_and_gradient(u.view, y, two.view));
    CHECK(one.cells == two.cells);
  }
}

TEST_CASE_TEMPLATE("the vectors are the streams, zero-padded, in any pieces", T, float, double) {
  constexpr std::size_t n = 21, count = 9, stride = padded<T>(n);
  aligned_vector<T> whole(count * stride, T(7)), pieces(count * stride, T(7));
  REQUIRE(fill_rank_one_vectors(n, 100, count, 9, whole.data()) == status::ok);
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(fill_rank_one_vectors(n, 100 + i, 1, 9, pieces.data() + i * stride) == status::ok);
    for (std::size_t j = 0; j < stride; ++j) {
      const auto stream = make_stream(9, random_purpose::sensing, 100 + i);
      CHECK(whole[i * stride + j] ==
            (j < n ? static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j))) : T(0)));
    }
  }
  CHECK(whole == pieces);
}

TEST_CASE("the gradient is the derivative of the loss") {
  for (const rank_one_form form : forms) {
    const rank_one_case<double> given(17, 40, form);
    check_finite_differences(given.of_stored, 3);
    check_finite_differences(given.of_generated, 20);
  }
}

TEST_CASE_TEMPLATE("check_operator passes", T, float, double) {
  for (const rank_one_form form : forms) {
    for (const shape s : shapes) {
      const rank_one_case<T> given(s.n, s.m, form);
      check_properties(given.of_stored, s.r);
      check_properties(given.of_generated, s.r, {1, 64});
    }
  }
}

TEST_CASE_TEMPLATE("the bits are the same everywhere", T, float, double) {
  constexpr bool single = sizeof(T) == sizeof(float);
  const rank_one_case<T> plain(37, 403, rank_one_form::plain), debiased(37, 403, rank_one_form::debiased);
  check_golden_bits(plain.of_stored, single ? 0x3162e2922fba7367u : 0xc904cee791c69277u);
  check_golden_bits(plain.of_generated, single ? 0x3162e2922fba7367u : 0xc904cee791c69277u);
  check_golden_bits(debiased.of_stored, single ? 0xa2f1ccf103b6fb5u : 0xd3316092d26f9dd1u);
  check_golden_bits(debiased.of_generated, single ? 0xa2f1ccf103b6fb5u : 0xd3316092d26f9dd1u);
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  for (const rank_one_form form : forms) {
    const rank_one_case<T> given(17, 70, form);
    check_exact_arena<T>(given.stored);
    check_exact_arena<T>(given.generated);
  }
}

TEST_CASE_TEMPLATE("bad arguments are refused", T, float, double) {
  alignas(64) static T vectors[64] = {};
  sensing_operator<T> table;
  const auto made = [&](rank_one_sensing<T> a) { return make_operator(a, table); };
  const auto plain = rank_one_form::plain;
  CHECK(made({4, 4, vectors, plain}) == status::ok);
  CHECK(made({0, 4, vectors, plain}) == status::dimension);
  CHECK(made({largest_dimension + 1, 4, vectors, plain}) == status::dimension);
  CHECK(made({4, 0, vectors, plain}) == status::measurement_count);
  CHECK(made({4, 4, nullptr, plain}) == status::operator_data);
  CHECK(made({4, 4, vectors + 1, plain}) == status::operator_data);
  CHECK(made({4, 4, vectors, rank_one_form(2)}) == status::operator_data);
  CHECK(made({4, SIZE_MAX / 64 + 2, vectors, plain}) == status::size_overflow);
  CHECK(made({4, SIZE_MAX / 2 + 2, vectors, rank_one_form::debiased}) == status::size_overflow);
  CHECK(made({4, SIZE_MAX, vectors, plain}) == status::size_overflow);
  generated_rank_one_sensing<T> drawn{4, SIZE_MAX / 2 + 1, 1, rank_one_form::debiased};
  CHECK(make_operator(drawn, table) == status::size_overflow);
  drawn = {0, 4, 1, plain};
  CHECK(make_operator(drawn, table) == status::dimension);
  drawn = {4, 4, 1, rank_one_form(-1)};
  CHECK(make_operator(drawn, table) == status::operator_data);
  CHECK(fill_rank_one_vectors<T>(0, 0, 1, 1, vectors) == status::dimension);
  CHECK(fill_rank_one_vectors<T>(4, 0, SIZE_MAX / 64 + 1, 1, vectors) == status::size_overflow);
  CHECK(fill_rank_one_vectors<T>(4, SIZE_MAX, 1, 1, vectors) == status::size_overflow);
  CHECK(fill_rank_one_vectors<T>(4, 0, 1, 1, nullptr) == status::operator_data);
  CHECK(fill_rank_one_vectors<T>(4, 0, 1, 1, vectors + 1) == status::operator_data);
  CHECK(fill_rank_one_vectors<T>(4, 0, 1, 1, vectors, instruction_set(99)) == status::instruction_set);
}

TEST_CASE("a rank whose sizes overflow is refused, never wrapped") {
  const rank_one_case<float> given(5, 4, rank_one_form::plain);
  for (const std::size_t rank :
       {SIZE_MAX, SIZE_MAX - 2, SIZE_MAX / 16, SIZE_MAX / 64, SIZE_MAX / 80, SIZE_MAX / 320}) {
    CHECK(scratch_bytes(given.stored, rank, {}) == SIZE_MAX);
    CHECK(scratch_bytes(given.generated, rank, {4, 64}) == SIZE_MAX);
  }
  constexpr std::size_t bytes = scratch_bytes(rank_one_sensing<float>{200, 10000}, 16, execution_plan{1, 16});
  static_assert(bytes == (5 * 16 * 208 + 16 + 16 * 16) * sizeof(float));
}

TEST_SUITE_END();
