// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>

#include "lib/kernels/hadamard.hpp"
#include "support.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// The definition, level by level.
template <class T>
void plain_transform(T* x, std::size_t count) {
  for (std::size_t h = 1; h < count; h *= 2) {
    for (std::size_t i = 0; i < count; ++i) {
      if ((i & h) != 0) continue;
      const T a = x[i], b = x[i + h];
      x[i] = a + b;
      x[i + h] = a - b;
    }
  }
}

template <class T, class Check>
void on_every_table(Check check) {
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    CAPTURE(std::string(to_string(isa)));
    check(table_for<hadamard_kernels<T>>(isa));
  }
}

}  // namespace

TEST_SUITE_BEGIN("hadamard.transform");

TEST_CASE_TEMPLATE("the transform has the bits of the plain radix-2 loop, for every size", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    std::mt19937_64 generator(1);
    for (std::size_t count = 1; count <= (std::size_t{1} << 17); count *= 2) {
      CAPTURE(count);
      guarded<T> x(count);
      fill(generator, x.data(), count);
      x[0] = T(-0.0);
      std::vector<T> expected(x.data(), x.data() + count);
      plain_transform(expected.data(), count);
      kernels.transform(x.data(), count);
      CHECK(same_bits(x.data(), expected.data(), count));
      CHECK(x.intact());
    }
  });
}

TEST_CASE_TEMPLATE("blocks and merged levels are the whole transform", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    std::mt19937_64 generator(2);
    for (std::size_t levels = 1; levels <= 3; ++levels) {
      const std::size_t h = 4 * virtual_lanes<T>, count = h << levels;
      guarded<T> x(count);
      fill(generator, x.data(), count);
      std::vector<T> expected(x.data(), x.data() + count);
      plain_transform(expected.data(), count);
      for (std::size_t b = 0; b < count; b += h) kernels.transform(x.data() + b, h);
      for (std::size_t i = 0; i < h; i += 2 * virtual_lanes<T>) {
        kernels.merge_blocks(x.data() + i, h, levels, 2 * virtual_lanes<T>);
      }
      CHECK(same_bits(x.data(), expected.data(), count));
      CHECK(x.intact());
    }
  });
}

TEST_CASE("a keyed permutation is one, for every number of bits") {
  for (std::size_t bits = 0; bits <= 14; ++bits) {
    CAPTURE(bits);
    const std::size_t count = std::size_t{1} << bits;
    std::vector<char> seen(count, 0);
    const auto permutation = make_permutation(make_stream(3, random_purpose::test, bits), count);
    std::size_t distinct = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t value = permutation(static_cast<std::uint32_t>(i));
      REQUIRE(value < count);
      if (seen[value]++ == 0) ++distinct;
    }
    CHECK(distinct == count);
  }
}

TEST_CASE_TEMPLATE("permute is the permutation, lane by lane", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    for (const std::size_t bits : {0u, 1u, 5u, 15u, 31u}) {
      const auto permutation =
          make_permutation(make_stream(4, random_purpose::test, bits), std::size_t{1} << bits);
      guarded<float> cells(48);  // 32-bit cells with neighbours
      auto* out = reinterpret_cast<std::uint32_t*>(cells.data());
      kernels.permute(permutation, 77, 48, out);
      for (std::uint32_t i = 0; i < 48; ++i) {
        std::uint32_t value;
        std::memcpy(&value, out + i, sizeof value);
        CHECK(value == permutation(77 + i));
      }
      CHECK(cells.intact());
    }
  });
}

TEST_CASE_TEMPLATE("signs flip by the bits of the counter generator", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    const random_stream stream = make_stream(5, random_purpose::test, 0);
    std::mt19937_64 generator(6);
    const std::size_t count = 96 + virtual_lanes<T>;
    guarded<T> x(count);
    fill(generator, x.data(), count);
    std::vector<T> expected(x.data(), x.data() + count);
    for (std::size_t k = 32; k < count; ++k) {
      if ((random_bits(stream, static_cast<std::uint32_t>(k / 32)) >> (k % 32) & 1) != 0)
        expected[k] = -expected[k];
    }
    kernels.flip_signs(stream, x.data(), 32, count);
    CHECK(same_bits(x.data(), expected.data(), count));
    CHECK(x.intact());
  });
}

TEST_CASE_TEMPLATE("numbers go to their places and come back", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    std::mt19937_64 generator(8);
    constexpr std::uint32_t places[] = {9, 0, 31, 5, 6, 7, 30, 2, 17, 11, 1};
    guarded<T> x(std::size(places), 1), slots(32);
    fill(generator, x.data(), std::size(places));
    fill(generator, slots.data(), 32);
    for (std::size_t count = 0; count <= std::size(places); ++count) {
      std::vector<T> expected(slots.data(), slots.data() + 32);
      guarded<T> out = slots, back(count, 3);
      for (std::size_t i = 0; i < count; ++i) expected[places[i]] += x.data()[i];
      kernels.scatter_add(x.data(), places, count, out.data());
      CHECK(same_bits(out.data(), expected.data(), 32));
      for (std::size_t i = 0; i < count; ++i) expected[places[i]] = x.data()[i];
      kernels.scatter(x.data(), places, count, out.data());
      CHECK(same_bits(out.data(), expected.data(), 32));
      kernels.gather(out.data(), places, count, back.data());
      CHECK(same_bits(back.data(), x.data(), count));
      CHECK(out.intact());
      CHECK(back.intact());
    }
  });
}

TEST_CASE_TEMPLATE("residuals round twice, and their squares are summed in virtual lanes", T, float, double) {
  on_every_table<T>([](const hadamard_kernels<T>& kernels) {
    std::mt19937_64 generator(7);
    for (const std::size_t count : {1u, 7u, 16u, 17u, 100u}) {
      guarded<T> e(count), y(count);
      fill(generator, e.data(), count);
      fill(generator, y.data(), count);
      std::vector<T> expected(count);
      double squares = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const T scaled = T(0.7) * e[i];
        expected[i] = scaled - y[i];
        squares += static_cast<double>(expected[i]) * static_cast<double>(expected[i]);
      }
      const T sum = kernels.scaled_residual(T(0.7), y.data(), e.data(), count);
      CHECK(same_bits(e.data(), expected.data(), count));
      CHECK(std::abs(static_cast<double>(sum) - squares) <=
            static_cast<double>(count + 8) * static_cast<double>(std::numeric_limits<T>::epsilon()) *
                squares);
      CHECK(e.intact());
    }
  });
}

TEST_SUITE_END();
