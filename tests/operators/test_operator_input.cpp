// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include "sensing_cases.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

TEST_SUITE_BEGIN("operator_input");

TEST_CASE_TEMPLATE("full and packed input give the same row", T, float, double) {
  for (const std::size_t n : {1u, 2u, 3u, 5u, 17u, 33u}) {
    std::mt19937_64 generator(51);
    std::vector<T> full(n * n), packed;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        full[j * n + k] = full[k * n + j] = draw<T>(generator);
        packed.push_back(full[j * n + k]);
      }
    }
    guarded<T> from_full(packed_stride<T>(n)), from_packed(packed_stride<T>(n));
    CHECK(pack_row_from_full(n, full.data(), from_full.data()));
    pack_row_from_packed(n, packed.data(), from_packed.data());
    CHECK(same_bits(from_full.data(), packed.data(), packed.size()));
    CHECK(same_bits(from_full.data(), from_packed.data(), from_full.size()));
    for (std::size_t k = packed.size(); k < from_full.size(); ++k) CHECK(from_full[k] == 0);
    CHECK(from_full.intact());
    CHECK(from_packed.intact());
  }
}

TEST_CASE_TEMPLATE("a matrix that is not symmetric is symmetrised and reported", T, float, double) {
  const T full[9] = {1, 2, 3, 6, 5, 7, -3, 9, 4};
  alignas(64) T row[packed_stride<T>(3)];
  CHECK_FALSE(pack_row_from_full(3, full, row));
  const T expected[6] = {1, 4, 5, 0, 8, 4};
  CHECK(same_bits(row, expected, 6));
  // The mean of the two largest numbers does not overflow.
  const T largest = std::numeric_limits<T>::max(), below = std::nextafter(largest, T(0));
  const T huge[4] = {0, largest, below, 0};
  CHECK_FALSE(pack_row_from_full(2, huge, row));
  CHECK(std::isfinite(row[1]));
}

TEST_CASE_TEMPLATE("translation leaves distances unchanged, and projection removes it", T, float, double) {
  const sensing_case<T> sensing(2, 17, 40);
  std::mt19937_64 generator(52);
  owned_factor<T> u(17, 3);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t j = 0; j < 17; ++j) u(j, c) = static_cast<T>(static_cast<int>(generator() % 64) - 32);
  }
  caller<T> call(sensing.table, 3);
  const std::vector<T> y = call.measure(u.read());
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t j = 0; j < 17; ++j) u(j, c) += static_cast<T>(8 * (c + 1));  // exact in both types
  }
  CHECK(call.measure(u.read()) == y);
  REQUIRE((sensing.table.functions.project != nullptr));
  sensing.table.project(u.view());
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    for (std::size_t j = 0; j < 17; ++j) sum += static_cast<double>(u(j, c));
    CHECK(std::abs(sum) <= 17 * 64 * static_cast<double>(std::numeric_limits<T>::epsilon()));
    for (std::size_t j = 17; j < padded<T>(17); ++j) CHECK(u(j, c) == 0);
  }
  const std::vector<T> centred = call.measure(u.read());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(centred[i] == doctest::Approx(y[i]).epsilon(1e-5));
}

TEST_CASE_TEMPLATE("measurements that no memory could hold are refused before they are read", T, float,
                   double) {
  alignas(64) static std::byte memory[4096];
  const T y[3] = {1, 2, 3};
  const gaussian_sensing<T> sensing{3, SIZE_MAX / sizeof(T) + 1, 1};
  for (const T scale : {T(automatic), T(0.5)}) {
    gradient_descent_options<T> options;
    options.step_size = options.initial_scale = scale;
    descent<T> run;
    CHECK(init(run, sensing, y, options, memory, sizeof memory) == status::size_overflow);
  }
}

TEST_CASE_TEMPLATE("make_operator refuses bad descriptors and writes nothing", T, float, double) {
  alignas(64) static T rows[64] = {};
  const index_pair good[2] = {{0, 1}, {1, 2}};
  const index_pair beyond[2] = {{0, 1}, {1, 3}}, beyond_first[2] = {{3, 1}, {1, 2}},
                   twice[2] = {{0, 1}, {2, 2}};
  const auto refused = [](const auto& a) {
    sensing_operator<T> out;
    out.n = 12345;
    const status result = make_operator(a, out);
    CHECK(out.n == 12345);
    CHECK((out.functions.measure == nullptr));
    return result;
  };
  CHECK(refused(dense_sensing<T>{0, 1, rows}) == status::dimension);
  CHECK(refused(dense_sensing<T>{largest_dimension + 1, 1, rows}) == status::dimension);
  CHECK(refused(dense_sensing<T>{SIZE_MAX, 1, rows}) == status::dimension);
  CHECK(refused(dense_sensing<T>{3, 0, rows}) == status::measurement_count);
  CHECK(refused(dense_sensing<T>{3, SIZE_MAX, rows}) == status::size_overflow);
  CHECK(refused(dense_sensing<T>{3, SIZE_MAX / sizeof(T) / packed_stride<T>(3) + 1, rows}) ==
        status::size_overflow);
  CHECK(refused(dense_sensing<T>{3, 1, nullptr}) == status::operator_data);
  CHECK(refused(dense_sensing<T>{3, 1, rows + 1}) == status::operator_data);
  CHECK(refused(gaussian_sensing<T>{0, 1, 1}) == status::dimension);
  CHECK(refused(gaussian_sensing<T>{largest_dimension + 1, 1, 1}) == status::dimension);
  CHECK(refused(gaussian_sensing<T>{3, 0, 1}) == status::measurement_count);
  CHECK(refused(distances_sensing<T>{0, 2, good}) == status::dimension);
  CHECK(refused(distances_sensing<T>{3, 0, good}) == status::measurement_count);
  CHECK(refused(distances_sensing<T>{3, 2, nullptr}) == status::operator_data);
  CHECK(refused(distances_sensing<T>{3, 2, beyond}) == status::pair_index);
  CHECK(refused(distances_sensing<T>{3, 2, beyond_first}) == status::pair_index);
  CHECK(refused(distances_sensing<T>{3, 2, twice}) == status::pair_index);

  const sampled_entries<T> entries{3, {{0, 1}}};
  const sensing_operator<T> user = entries.table();
  for (int missing = 0; missing < 4; ++missing) {
    sensing_operator<T> broken = user;
    if (missing == 0) broken.functions.measure = nullptr;
    if (missing == 1) broken.functions.adjoint_times = nullptr;
    if (missing == 2) broken.n = 0;
    if (missing == 3) broken.measurement_count = 0;
    const status expected = missing < 2    ? status::operator_data
                            : missing == 2 ? status::dimension
                                           : status::measurement_count;
    CHECK(refused(broken) == expected);
  }
  sensing_operator<T> out;
  CHECK(make_operator(dense_sensing<T>{3, 1, rows}, out) == status::ok);
  CHECK(make_operator(distances_sensing<T>{3, 2, good}, out) == status::ok);
  CHECK(make_operator(user, out) == status::ok);
}

TEST_CASE_TEMPLATE("fill_gaussian_rows refuses bad arguments", T, float, double) {
  alignas(64) T row[packed_stride<T>(3)] = {};
  const auto isotropic = gaussian_ensemble::isotropic;
  CHECK(fill_gaussian_rows(0, 0, 1, 1, isotropic, row) == status::dimension);
  CHECK(fill_gaussian_rows(largest_dimension + 1, 0, 1, 1, isotropic, row) == status::dimension);
  CHECK(fill_gaussian_rows<T>(3, 0, 1, 1, isotropic, nullptr) == status::operator_data);
  CHECK(fill_gaussian_rows(3, 0, 1, 1, isotropic, row, static_cast<instruction_set>(99)) ==
        status::instruction_set);
  for (const T entry : row) CHECK(entry == 0);
}

TEST_CASE("sizes of stored operators overflow to SIZE_MAX") {
  static_assert(dense_row_elements<float>(3, 10) == 10 * packed_stride<float>(3));
  static_assert(dense_row_elements<float>(0, 10) == SIZE_MAX);
  static_assert(dense_row_elements<double>(largest_dimension + 1, 1) == SIZE_MAX);
  static_assert(dense_row_elements<double>(200, SIZE_MAX / 8) == SIZE_MAX);
  static_assert(packed_stride<double>(2) == 8 && packed_stride<float>(200) == 20112);
  static_assert(packed_index(3, 2) == 8 && packed_count(4) == 10);
  CHECK(packed_count(largest_dimension) <= std::uint64_t{1} << 32);
}

TEST_SUITE_END();
