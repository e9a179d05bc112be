// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Sizes at run time, which the compiler works out elsewhere: what no size_t holds is SIZE_MAX, never a small
// number that has wrapped.

#include <algorithm>
#include <iterator>

#include "operator_testing.hpp"
#include "sensing_cases.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/operators/coded_diffraction.hpp"
#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/hermitian_dense.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"
#include "tinyrank/operators/streamed.hpp"
#include "tinyrank/recovery.hpp"
#include "tinyrank/restricted_isometry.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/subspaces.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

/// Every sum of sizes that a batch of this operator's places is the one that its descriptor promises.
template <class T, class Sensing>
void check_batch(const char* name, const Sensing& a, bool has_batch) {
  CAPTURE(std::string(name));
  sensing_operator<T> one;
  REQUIRE(make_operator(a, one) == status::ok);
  batch_operator<T> several;
  make_batch_operator(a, several);
  CHECK((several.loss_and_gradient != nullptr) == has_batch);
  std::size_t before = 0;
  for (std::size_t problems = 1; problems < 9; ++problems) {
    CAPTURE(problems);
    const std::size_t bytes = batch_scratch_bytes(a, problems, execution_plan{});
    const std::size_t placed = several.scratch_bytes == nullptr
                                   ? 0
                                   : several.scratch_bytes(several.context, problems, execution_plan{});
    CHECK(bytes == placed);
    CHECK((has_batch ? bytes > before || bytes % arena_alignment == 0 : bytes == 0));
    CHECK(bytes >= before);
    CHECK(batch_bytes<T>(a, problems, execution_plan{}) > bytes);
    before = bytes;
  }
  CHECK(batch_bytes<T>(a, SIZE_MAX / 2, execution_plan{}) == SIZE_MAX);
}

const void* no_rows(void*, std::size_t, std::size_t, std::size_t, void*) {
  return nullptr;
}

}  // namespace

TEST_SUITE_BEGIN("sizes");

TEST_CASE_TEMPLATE("a batch's scratch is what the descriptor says", T, float, double) {
  const std::vector<T> left(padded<T>(6) * 9), right(padded<T>(5) * 9), vectors(padded<T>(12) * 9);
  const aligned_vector<T> b(left.begin(), left.end()), c(right.begin(), right.end()),
      v(vectors.begin(), vectors.end());
  check_batch<T>("bilinear", bilinear_sensing<T>{6, 5, 9, b.data(), c.data()}, true);
  check_batch<T>("generated bilinear", generated_bilinear_sensing<T>{6, 5, 9}, true);
  check_batch<T>("complex rank one", complex_rank_one_sensing<T>{6, 9, v.data()}, true);
  check_batch<T>("generated complex rank one", generated_complex_rank_one_sensing<T>{6, 9, 3}, true);
  const std::vector<float> scales(9, 1.0f);
  streamed_sensing<dense_int8_sensing<T>> int8;
  int8.n = 6;
  int8.measurement_count = 9;
  int8.scales = scales.data();
  int8.source.read = no_rows;
  check_batch<T>("streamed int8", int8, false);
}

TEST_CASE_TEMPLATE("sizes that overflow", T, float, double) {
  std::size_t huge = SIZE_MAX / 2 + 1, none = 0, wide = largest_dimension + 1, one = 1;
  const execution_plan plan{1, 8};
  CHECK(bilinear_scratch_bytes<T>(4, 5, huge, plan, false) == SIZE_MAX);
  CHECK(bilinear_scratch_bytes<T>(4, 5, one, plan, false) < bilinear_scratch_bytes<T>(4, 5, one, plan, true));
  CHECK(complex_rank_one_scratch_bytes<T>(8, huge, plan, false) == SIZE_MAX);
  CHECK(scratch_bytes(coded_diffraction_sensing<T>{4, 16}, huge, plan) == SIZE_MAX);
  CHECK(scratch_bytes(coded_diffraction_sensing<T>{4, 16}, SIZE_MAX, {2, 2}) == SIZE_MAX);
  // The side of a square of more slots than the largest power of two.
  const std::size_t side = (one << (4 * sizeof one)) + 1;
  CHECK(hadamard_slot_count(side) == SIZE_MAX);
  CHECK(hadamard_slot_count(5) == 16);
  CHECK(quantized_row_elements<std::int8_t>(none, 1) == SIZE_MAX);
  CHECK(quantized_row_elements<std::int8_t>(wide, 1) == SIZE_MAX);
  CHECK(quantized_row_elements<std::int8_t>(4, huge) == SIZE_MAX);
  CHECK(quantized_row_elements<std::int8_t>(4, 3) == 3 * 64);
  CHECK(dense_row_elements<T>(none, 1) == SIZE_MAX);
  CHECK(dense_row_elements<T>(wide, 1) == SIZE_MAX);
  CHECK(dense_row_elements<T>(4, huge) == SIZE_MAX);
  CHECK(hermitian_row_elements<T>(none, 1) == SIZE_MAX);
  CHECK(hermitian_row_elements<T>(wide / 2, 1) == SIZE_MAX);
  CHECK(rank_one_vector_elements<T>(none, 1, rank_one_form::plain) == SIZE_MAX);
  CHECK(rank_one_vector_elements<T>(wide, 1, rank_one_form::plain) == SIZE_MAX);
  CHECK(rank_one_vector_elements<T>(4, huge, rank_one_form::debiased) == SIZE_MAX);
  CHECK(bilinear_vector_elements<T>(none, 1) == SIZE_MAX);
  CHECK(bilinear_vector_elements<T>(wide, 1) == SIZE_MAX);
  CHECK(bilinear_vector_elements<T>(4, huge) == SIZE_MAX);
  CHECK(bilinear_vector_elements<T>(4, 3) == 3 * padded<T>(4));
  // Shapes that no make_operator accepts have no size either.
  rectangular_dense_sensing<T> matrices{4, 5, 9};
  generated_bilinear_sensing<T> drawn{4, 5, 9};
  CHECK(scratch_bytes(matrices, 2, plan) != SIZE_MAX);
  matrices.n = drawn.n = 8;
  CHECK(scratch_bytes(matrices, 2, plan) == SIZE_MAX);
  CHECK(batch_scratch_bytes(matrices, 2, plan) == SIZE_MAX);
  CHECK(scratch_bytes(drawn, 2, plan) == SIZE_MAX);
  CHECK(row_scaling_bytes<T>(0, huge) == SIZE_MAX);
  CHECK(row_scaling_bytes<T>(SIZE_MAX - 8, 4) == SIZE_MAX);
  CHECK(row_scaling_bytes<T>(65, 4) == 128 + 4 * sizeof(T));
}

TEST_CASE("the least sizes of blocks") {
  for (std::size_t n = 1; n < 9; ++n) {
    for (std::size_t rank = 1; rank <= n; ++rank) {
      CAPTURE(n);
      CAPTURE(rank);
      CHECK(isometry_block(n, rank) == std::min(n, rank + 2));
    }
  }
  // A run of shards of one process is no power of two; what a thread folds divides it all the same.
  for (std::uint32_t shards = 1; shards <= 4096; ++shards) {
    const std::uint32_t each = shards_in_piece(shards);
    const bool divides = (each & (each - 1)) == 0 && shards % each == 0;
    const bool is_enough = !has_processes || shards / each <= 64 || shards % (2 * each) != 0;
    if (!divides || !is_enough) CHECK(shards == 0);
  }
  CHECK(shards_in_piece(65) == 1);
  CHECK((!has_processes || shards_in_piece(130) == 2));
  CHECK(shard_buffer_count({2, 65}) == 65);
}

TEST_CASE_TEMPLATE("what has no dimension, no shard or no thread has no size", T, float, double) {
  const test::sampled_entries<T> user{4, {{0, 1}, {2, 3}}};
  const auto check_refused = [&](const sensing_operator<T>& a, execution_plan plan) {
    CHECK(batch_bytes<T>(dense_sensing<T>{a.n, 2, nullptr}, 2, plan) == SIZE_MAX);
    gradient_descent_options<T> descent;
    descent.plan = plan;
    CHECK(descent_bytes(a, descent) == SIZE_MAX);
    check_options<T> check;
    check.plan = plan;
    CHECK(check_operator_bytes(a, check) == SIZE_MAX);
    isometry_options<T> isometry;
    isometry.plan = plan;
    CHECK(isometry_bytes(a, isometry) == SIZE_MAX);
    spectral_options<T> spectral;
    spectral.plan = plan;
    CHECK(spectral_bytes(a, spectral) == SIZE_MAX);
    CHECK(deviation_bytes(a, 1, spectral) == SIZE_MAX);
    staircase_options<T> stairs;
    stairs.plan = plan;
    CHECK(staircase_bytes(a, stairs) == SIZE_MAX);
    recovery_options<T> recovery;
    recovery.plan = plan;
    CHECK(recovery_bytes(a, recovery) == SIZE_MAX);
  };
  sensing_operator<T> a = user.table();
  check_refused(a, {1, 0});
  check_refused(a, {0, 1});
  a.n = 0;
  check_refused(a, {});
  a.n = largest_dimension + 1;
  check_refused(a, {});
  for (const std::size_t n : {std::size_t{0}, std::size_t{largest_dimension + 1}}) {
    CHECK(subspace_bytes(n, 1, 1) == SIZE_MAX);
    CHECK(signal_bytes(n, 1, 1) == SIZE_MAX);
  }
  CHECK(signal_bytes(4, largest_dimension + 1, 1) == SIZE_MAX);
  for (const std::size_t none : {std::size_t{0}}) {
    CHECK(signal_bytes(4, none, 1) == SIZE_MAX);
    CHECK(signal_bytes(4, 1, none) == SIZE_MAX);
  }
}

TEST_CASE_TEMPLATE("ranks and scratch that overflow a memory of many parts", T, float, double) {
  const test::sampled_entries<T> user{4, {{0, 1}, {2, 3}}};
  sensing_operator<T> a = user.table();
  check_options<T> check;
  REQUIRE(check_operator_bytes(a, check) != SIZE_MAX);
  check.rank = SIZE_MAX / 2;
  CHECK(check_operator_bytes(a, check) == SIZE_MAX);
  check.rank = 2;
  a.measurement_count = SIZE_MAX - 1;
  CHECK(check_operator_bytes(a, check) == SIZE_MAX);
  a.measurement_count = 2;
  a.functions.scratch_bytes = [](const sensing_operator<T>&, std::size_t, execution_plan) noexcept {
    return SIZE_MAX - 10;
  };
  CHECK(check_operator_bytes(a, check) == SIZE_MAX);
  a.residual_bytes = 256;
  CHECK(scratch_bytes(a, 1, {}) == SIZE_MAX);

  const generated_complex_rank_one_sensing<T> complex{4, 24, 1};
  recovery_options<T> wide;
  REQUIRE(recovery_bytes(complex, wide) != SIZE_MAX);
  wide.explore_rank = SIZE_MAX;
  CHECK(recovery_bytes(complex, wide) == SIZE_MAX);
  wide = {};
  wide.rank_limit = SIZE_MAX;
  CHECK(recovery_bytes(complex, wide) == SIZE_MAX);
  staircase_options<T> probing;
  probing.rank_limit = SIZE_MAX;
  CHECK(staircase_bytes(user.table(), probing) == SIZE_MAX);
}

TEST_CASE_TEMPLATE("given rows of a Hadamard transform are those that measure", T, float, double) {
  constexpr std::size_t n = 5, m = 7;
  const hadamard_sensing<T> drawn{n, m, 3};
  const hadamard_draw draw = draw_hadamard(n, 3);
  std::vector<std::uint32_t> backwards;
  for (std::size_t i = m; i-- > 0;)
    backwards.push_back(static_cast<std::uint32_t>(hadamard_row(drawn, draw, i)));
  const hadamard_sensing<T> given{n, m, 3, backwards.data()};
  bool differs = false;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        CHECK(hadamard_entry(given, i, j, k) == hadamard_entry(drawn, m - 1 - i, j, k));
        differs = differs || hadamard_entry(given, i, j, k) != hadamard_entry(drawn, i, j, k);
      }
    }
  }
  CHECK(differs);
}

TEST_CASE_TEMPLATE("data that no memory holds is refused before it is read", T, float, double) {
  constexpr std::size_t huge = SIZE_MAX / 2;
  // So many that vectors of few entries fit, and of many do not.
  const std::size_t many = SIZE_MAX / sizeof(T) / padded<T>(1);
  sensing_operator<T> out;
  alignas(64) T cells[64] = {};
  CHECK(make_operator(bilinear_sensing<T>{1, 100, many, cells, cells}, out) == status::size_overflow);
  CHECK(make_operator(bilinear_sensing<T>{100, 1, many, cells, cells}, out) == status::size_overflow);
  const streamed_sensing<dense_int8_sensing<T>> int8{{4, huge, nullptr, nullptr}, {no_rows}};
  CHECK(make_operator(int8, out) == status::size_overflow);
  const streamed_sensing<rank_one_sensing<T>> vectors{{0, 3, nullptr}, {no_rows}};
  CHECK(make_operator(vectors, out) == status::dimension);
  test::sampled_entries<T> user{4, {{0, 1}, {2, 3}}};
  sensing_operator<T> own = user.table();
  own.measurement_count = huge;
  CHECK(make_operator(own, out) == status::size_overflow);
  CHECK(fill_gaussian_rows(4, 0, huge, 1, gaussian_ensemble::isotropic, cells) == status::size_overflow);
  const auto fill_pairs = [&](std::size_t rows, std::size_t columns, std::size_t first, std::size_t count,
                              T* left, T* right, instruction_set isa = instruction_set::automatic) {
    return fill_bilinear_vectors(rows, columns, first, count, 1, left, right, isa);
  };
  CHECK(fill_pairs(1, 1, huge + 1, 1, cells, cells) == status::size_overflow);
  CHECK(fill_pairs(1, 1, huge, 1, cells, cells) == status::size_overflow);
  CHECK(fill_pairs(100, 1, 0, many / 2, cells, cells) == status::size_overflow);
  CHECK(fill_pairs(1, 100, 0, many / 2, cells, cells) == status::size_overflow);
  CHECK(fill_pairs(1, 1, 0, 1, nullptr, cells) == status::operator_data);
  CHECK(fill_pairs(1, 1, 0, 1, cells + 1, cells) == status::operator_data);
  CHECK(fill_pairs(1, 1, 0, 1, cells, cells + 1) == status::operator_data);
  CHECK(fill_pairs(1, 1, 0, 1, cells, cells, static_cast<instruction_set>(99)) == status::instruction_set);
  const auto fill_complex = [&](std::size_t first, std::size_t count, T* at,
                                instruction_set isa = instruction_set::automatic) {
    return fill_complex_rank_one_vectors(2, first, count, 1, at, isa);
  };
  CHECK(fill_complex(0, huge, cells) == status::size_overflow);
  CHECK(fill_complex(SIZE_MAX, 1, cells) == status::size_overflow);
  CHECK(fill_complex(0, 1, cells + 1) == status::operator_data);
  CHECK(fill_complex(0, 1, cells, static_cast<instruction_set>(99)) == status::instruction_set);
  CHECK(fill_rank_one_vectors(largest_dimension + 1, 0, 1, 1, cells) == status::dimension);
  CHECK(std::all_of(std::begin(cells), std::end(cells), [](T x) { return x == 0; }));
}

TEST_CASE_TEMPLATE("a class's own shape is its table's", T, float, double) {
  struct moduli {
    std::size_t n = 4, measurement_count = 2;
    factor_kind kind = factor_kind::complex;
    void measure(const workspace<T>&, factor_view<const T>, T*) const {}
    void adjoint_times(const workspace<T>&, const T*, factor_view<const T>, factor_view<T>) const {}
    factor_shape shape() const { return {kind, kind == factor_kind::rectangular ? std::size_t{3} : 0}; }
  };
  sensing_operator<T> out;
  moduli own;
  REQUIRE(make_operator(own, out) == status::ok);
  CHECK(out.shape.kind == factor_kind::complex);
  own.kind = factor_kind::rectangular;
  REQUIRE(make_operator(own, out) == status::ok);
  CHECK(out.shape.kind == factor_kind::rectangular);
  CHECK(out.shape.rows == 3);
}

TEST_CASE_TEMPLATE("a matrix of which one part is not Hermitian", T, float, double) {
  const T full[8] = {1, 0, 2, 3, 2, 3, 4, 0};
  T row[hermitian_stride<T>(2)];
  CHECK_FALSE(pack_row_from_hermitian(2, full, row));
  CHECK(row[hermitian_real_index(1, 0)] == 2);
  CHECK(row[hermitian_imaginary_index(2, 1, 0)] == 0);
  const T real_off[8] = {1, 0, 2, 3, 4, -3, 4, 0};
  CHECK_FALSE(pack_row_from_hermitian(2, real_off, row));
  CHECK(row[hermitian_real_index(1, 0)] == 3);
  CHECK(row[hermitian_imaginary_index(2, 1, 0)] == -3);
}

TEST_SUITE_END();
