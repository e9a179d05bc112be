// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <bit>
#include <type_traits>

#include "lib/kernels/hadamard.hpp"
#include "support.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// A size, and the hash of its results on every target: y = measure(X), the gradient there of measurements y
/// halved, and that gradient's loss.
struct golden_size {
  std::size_t n, m, rank;
  std::uint64_t f32, f64;
};

template <class T>
using word_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
std::uint64_t hash_of(const golden_size& s, execution_plan plan, instruction_set isa) {
  const hadamard_sensing<T> a{s.n, s.m, 2018};
  sensing_operator<T> table;
  REQUIRE(make_operator(a, table) == status::ok);
  owned_factor<T> u(s.n, s.rank), gradient(s.n, s.rank);
  for (std::size_t c = 0; c < s.rank; ++c) {
    const random_stream stream = make_stream(5, random_purpose::test, c);
    for (std::size_t j = 0; j < s.n; ++j)
      u(j, c) = static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j)));
  }
  caller<T> call(table, s.rank, plan, isa);
  std::vector<T> y = call.measure(u.read());
  std::uint64_t hash = 0;
  const auto mix_in = [&hash](T value) { hash = mix64(hash ^ std::bit_cast<word_of<T>>(value)); };
  for (T& value : y) {
    mix_in(value);
    value *= T(0.5);
  }
  mix_in(call.loss_and_gradient(u.read(), y, gradient.view()));
  return mix64(hash ^ factor_bits(gradient.read()));
}

template <class T>
void check_hashes(const golden_size& s, std::uint64_t expected) {
  CAPTURE(s.n);
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    for (const std::uint32_t threads : {1u, 2u, 4u}) {
      const execution_plan plan{threads, 16};
      if (check_plan(plan) != status::ok) continue;
      CAPTURE(std::string(to_string(isa)));
      CAPTURE(threads);
      CHECK(hash_of<T>(s, plan, isa) == expected);
    }
  }
}

/// The last is large enough for threads.
constexpr golden_size golden_sizes[] = {
    {1, 1, 1, 0x1c8d78021534b055u, 0xb09570572eddc734u},
    {5, 16, 2, 0xf82265a72cbadaffu, 0x7741e652c4b9d368u},
    {33, 300, 4, 0x3160db6144ffc473u, 0x4d30b721f600024cu},
    {100, 2000, 3, 0x4f7b8afac49d2d2au, 0x8112df42ae53a6dbu},
    {512, 5000, 1, 0xef5349806022516cu, 0x869d87c525bfbd48u},
};

}  // namespace

TEST_SUITE_BEGIN("hadamard.same_bits");

TEST_CASE("the same bits on every instruction set and for every number of threads, f32") {
  for (const golden_size& s : golden_sizes) check_hashes<float>(s, s.f32);
}

TEST_CASE("the same bits on every instruction set and for every number of threads, f64") {
  for (const golden_size& s : golden_sizes) check_hashes<double>(s, s.f64);
}

TEST_SUITE_END();
