// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include "reference_kernels.hpp"
#include "support.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// Twice the working precision (Ogita, Rump & Oishi 2005), on targets without a wider type too.
template <class T>
double accurate_dot(const T* a, const T* z, std::size_t count, double& magnitude) {
  double sum = 0, rest = 0;
  magnitude = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double x = a[k], y = z[k], product = x * y;
    const double total = sum + product, part = total - sum;
    rest += std::fma(x, y, -product) + ((sum - (total - part)) + (product - part));
    sum = total;
    magnitude += std::abs(product);
  }
  return sum + rest;
}

template <class T, class Test>
void for_every_table(Test test) {
  for (const instruction_set isa : every_instruction_set) {
    const kernel_table<T>* kernels = find_kernels<T>(isa);
    CHECK((kernels != nullptr) == is_usable(isa));
    if (kernels == nullptr) continue;
    CAPTURE(std::string(to_string(isa)));
    REQUIRE(kernels->isa == isa);
    test(test::kernels_of<T>(isa));
  }
}

template <class T>
std::vector<std::size_t> packed_counts() {
  std::vector<std::size_t> counts;
  for (const unsigned packs : {1u, 2u, 3u, 4u, 5u, 67u}) counts.push_back(packs * virtual_lanes<T>);
  return counts;
}

/// Rows with NaN between `count` and the stride.
template <class T>
guarded<T> draw_rows(std::mt19937_64& generator, std::size_t rows, std::size_t stride, std::size_t count) {
  guarded<T> a(rows * stride);
  for (std::size_t i = 0; i < rows; ++i) fill(generator, a.data() + i * stride, count);
  return a;
}

template <class T>
guarded<T> drawn(std::mt19937_64& generator, std::size_t count, std::size_t misalignment = 0) {
  guarded<T> x(count, misalignment);
  fill(generator, x.data(), count);
  return x;
}

/// A factor that is stored by rows: zeros fill a row up.
template <class T>
guarded<T> drawn_rows(std::mt19937_64& generator, std::size_t rows, std::size_t rank) {
  const std::size_t stride = row_stride<T>(rank);
  guarded<T> u = drawn<T>(generator, rows * stride, 1);
  for (std::size_t j = 0; j < rows; ++j) std::fill_n(u.data() + j * stride + rank, stride - rank, T(0));
  return u;
}

}  // namespace

TEST_SUITE_BEGIN("kernels");

TEST_CASE_TEMPLATE("row kernels match the reference in every bit", T, float, double) {
  std::mt19937_64 generator(11);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t count : packed_counts<T>()) {
      for (const std::size_t stride : {count, count + 2 * virtual_lanes<T>}) {
        for (std::size_t rows = 0; rows <= 13; ++rows) {
          CAPTURE(count);
          CAPTURE(stride);
          CAPTURE(rows);
          const guarded<T> a = draw_rows<T>(generator, rows, stride, count);
          const guarded<T> z = drawn<T>(generator, count), y = drawn<T>(generator, rows, 1);
          const guarded<T> g0 = drawn<T>(generator, count);
          guarded<T> e(rows, 3), expected_e(rows);

          kernels.packed.dot_rows(a.data(), stride, rows, z.data(), count, e.data());
          reference.packed.dot_rows(a.data(), stride, rows, z.data(), count, expected_e.data());
          CHECK(same_bits(e.data(), expected_e.data(), rows));
          CHECK(e.intact());

          guarded<T> g = g0, expected_g = g0;
          kernels.packed.accumulate_rows(a.data(), stride, rows, y.data(), g.data(), count);
          reference.packed.accumulate_rows(a.data(), stride, rows, y.data(), expected_g.data(), count);
          CHECK(same_bits(g.data(), expected_g.data(), count));
          CHECK(g.intact());

          g = g0, expected_g = g0;
          const T loss = kernels.packed.residual_accumulate_rows(a.data(), stride, rows, z.data(), y.data(),
                                                                 g.data(), count, T(0.75));
          const T expected = reference.packed.residual_accumulate_rows(
              a.data(), stride, rows, z.data(), y.data(), expected_g.data(), count, T(0.75));
          CHECK(same_bits(&loss, &expected, 1));
          CHECK(same_bits(g.data(), expected_g.data(), count));
          CHECK(g.intact());
        }
      }
    }
  });
}

TEST_CASE_TEMPLATE("kernels over pairs of rows match the reference in every bit", T, float, double) {
  // More than go side by side, of every remainder; rows that meet within a few pairs, and with themselves.
  constexpr std::size_t n = 5, most = 75;
  index_pair pairs[most];
  sparse_entry<T> entries[most];
  std::mt19937_64 generator(21);
  for (std::uint32_t i = 0; i < most; ++i) {
    pairs[i] = {static_cast<std::uint32_t>(generator() % n), static_cast<std::uint32_t>(generator() % n)};
    entries[i] = {pairs[i].first, pairs[i].second, T(0.3) * static_cast<T>(i) - T(9)};
  }
  // Matrices of none, one and several entries, at the ends, too, and one of more than are multiplied at once.
  constexpr std::size_t offsets[] = {0, 0, 1, 1, 3, 4, 7, 7, 74, 74, 74};
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t rank : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 12u, 13u, 15u, 16u, 17u, 40u}) {
      const std::size_t size = n * row_stride<T>(rank);
      CAPTURE(rank);
      const guarded<T> u = drawn_rows<T>(generator, n, rank), w = drawn<T>(generator, most, 1);
      const guarded<T> sum0 = drawn<T>(generator, size, 1);
      const auto compare = [&](std::size_t count, auto measure, auto accumulate) {
        CAPTURE(count);
        guarded<T> made(count, 3), wanted(count);
        measure(kernels, made.data());
        measure(reference, wanted.data());
        CHECK(same_bits(made.data(), wanted.data(), count));
        CHECK(made.intact());

        guarded<T> sum = sum0, expected = sum0;
        const T squares = accumulate(kernels, sum.data()), added = accumulate(reference, expected.data());
        CHECK(same_bits(sum.data(), expected.data(), size));
        CHECK(same_bits(&squares, &added, 1));
        CHECK(sum.intact());
      };
      const T *v = u.data(), *weights = w.data();
      for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 12u, 31u, 75u}) {
        compare(
            count, [&](auto& of, T* out) { of.distance.squared_distances(v, rank, pairs, count, out); },
            [&](auto& of, T* sum) {
              return of.distance.accumulate_pairs(weights, v, rank, pairs, count, sum, T(0.7));
            });
        compare(
            count, [&](auto& of, T* out) { of.entries.entry_values(v, rank, pairs, count, out); },
            [&](auto& of, T* sum) {
              return of.entries.accumulate_entries(weights, v, rank, pairs, count, sum, T(0.7));
            });
      }
      for (std::size_t first = 0; first < std::size(offsets) - 1; ++first) {
        const std::size_t count = std::size(offsets) - 1 - first;
        compare(
            count,
            [&](auto& of, T* out) { of.sparse.sparse_values(v, rank, offsets + first, entries, count, out); },
            [&](auto& of, T* sum) {
              return of.sparse.accumulate_sparse(weights, v, rank, offsets + first, entries, count, sum,
                                                 T(0.7));
            });
      }
    }
  });
}

TEST_CASE_TEMPLATE("kernels over Pauli strings match the reference in every bit", T, float, double) {
  // Runs of one x, with and without Ys, and single strings; more pairs than go together, and fewer.
  constexpr pauli_string strings[] = {{0, 0},  {0, 5},  {0, 170}, {3, 0},    {3, 1},    {3, 3},   {3, 129},
                                      {1, 1},  {7, 7},  {6, 6},   {4, 3},    {5, 7},    {2, 7},   {64, 77},
                                      {64, 3}, {96, 1}, {97, 97}, {128, 85}, {255, 31}, {255, 7}, {0, 255}};
  std::mt19937_64 generator(22);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t d : {8u, 64u, 256u}) {
      std::vector<pauli_string> of_side;
      for (const pauli_string& string : strings) {
        if ((string.x | string.z) < d) of_side.push_back(string);
      }
      const std::size_t count = of_side.size();
      for (const std::size_t rank : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 40u}) {
        const std::size_t size = 2 * d * row_stride<T>(rank);
        CAPTURE(d);
        CAPTURE(rank);
        const guarded<T> u = drawn_rows<T>(generator, 2 * d, rank), w = drawn<T>(generator, count, 1);
        guarded<T> made(count, 3), wanted(count);
        kernels.pauli.pauli_values(u.data(), rank, d, of_side.data(), count, made.data());
        reference.pauli.pauli_values(u.data(), rank, d, of_side.data(), count, wanted.data());
        CHECK(same_bits(made.data(), wanted.data(), count));
        CHECK(made.intact());

        guarded<T> sum = drawn<T>(generator, size, 1), expected = sum;
        const T squares = kernels.pauli.accumulate_pauli(w.data(), u.data(), rank, d, of_side.data(), count,
                                                         sum.data(), T(3));
        const T added = reference.pauli.accumulate_pauli(w.data(), u.data(), rank, d, of_side.data(), count,
                                                         expected.data(), T(3));
        CHECK(same_bits(&squares, &added, 1));
        CHECK(same_bits(sum.data(), expected.data(), size));
        CHECK(sum.intact());
      }
    }
  });
}

TEST_CASE_TEMPLATE("the Fourier transform and its adjoint match the reference in every bit", T, float,
                   double) {
  std::mt19937_64 generator(23);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (std::size_t count = 1; count <= 1024; count *= 2) {
      CAPTURE(count);
      const guarded<T> cosines = drawn<T>(generator, count), sines = drawn<T>(generator, count);
      guarded<T> re = drawn<T>(generator, count), im = drawn<T>(generator, count);
      guarded<T> expected_re = re, expected_im = im;
      const auto check = [&] {
        CHECK(same_bits(re.data(), expected_re.data(), count));
        CHECK(same_bits(im.data(), expected_im.data(), count));
        CHECK(re.intact());
        CHECK(im.intact());
      };
      kernels.fourier.forward(re.data(), im.data(), count, cosines.data(), sines.data());
      reference.fourier.forward(expected_re.data(), expected_im.data(), count, cosines.data(), sines.data());
      check();
      kernels.fourier.adjoint(re.data(), im.data(), count, cosines.data(), sines.data());
      reference.fourier.adjoint(expected_re.data(), expected_im.data(), count, cosines.data(), sines.data());
      check();
    }
  });
}

TEST_CASE_TEMPLATE("dot_rows stays inside its error bound", T, float, double) {
  std::mt19937_64 generator(12);
  constexpr std::size_t rows = 9;
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t count : packed_counts<T>()) {
      const guarded<T> a = draw_rows<T>(generator, rows, count, count), z = drawn<T>(generator, count);
      T e[rows];
      kernels.packed.dot_rows(a.data(), count, rows, z.data(), count, e);
      for (std::size_t i = 0; i < rows; ++i) {
        double magnitude = 0;
        const double exact = accurate_dot(a.data() + i * count, z.data(), count, magnitude);
        const double factor = static_cast<double>(count / virtual_lanes<T> + 5);
        const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
        CHECK(std::abs(static_cast<double>(e[i]) - exact) <= factor * epsilon * magnitude);
      }
    }
  });
}

TEST_CASE_TEMPLATE("dot_rows is exact on small integers", T, float, double) {
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    constexpr std::size_t count = 5 * virtual_lanes<T>, rows = 6;
    guarded<T> a(rows * count), z(count);
    for (std::size_t k = 0; k < rows * count; ++k) a[k] = static_cast<T>(static_cast<int>(k * 7 % 31) - 15);
    for (std::size_t k = 0; k < count; ++k) z[k] = static_cast<T>(static_cast<int>(k * 5 % 17) - 8);
    T e[rows];
    kernels.packed.dot_rows(a.data(), count, rows, z.data(), count, e);
    for (std::size_t i = 0; i < rows; ++i) {
      long exact = 0;
      for (std::size_t k = 0; k < count; ++k) exact += static_cast<long>(a[i * count + k] * z[k]);
      CHECK(e[i] == static_cast<T>(exact));
    }
  });
}

TEST_CASE_TEMPLATE("form_gram_rows matches the reference and writes its rows alone", T, float, double) {
  std::mt19937_64 generator(13);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (std::size_t n = 1; n <= 40; ++n) {
      const std::size_t stride = padded<T>(n), all = packed_count(n);
      for (std::size_t r = 0; r <= 9; ++r) {
        CAPTURE(n);
        CAPTURE(r);
        guarded<T> u(r * stride);
        for (std::size_t c = 0; c < r; ++c) {
          fill(generator, u.data() + c * stride, n);
          std::fill_n(u.data() + c * stride + n, stride - n, T(0));
        }
        const std::size_t first = n / 3, last = n - n / 5;
        guarded<T> z = drawn<T>(generator, all), expected = z;
        kernels.factor.form_gram_rows(u.data(), stride, r, first, last, z.data());
        reference.factor.form_gram_rows(u.data(), stride, r, first, last, expected.data());
        CHECK(same_bits(z.data(), expected.data(), all));
        CHECK(z.intact());
        kernels.factor.form_gram_rows(u.data(), stride, r, 0, n, z.data());
        reference.factor.form_gram_rows(u.data(), stride, r, 0, n, expected.data());
        CHECK(same_bits(z.data(), expected.data(), all));
        CHECK(z.intact());
      }
    }
  });
}

TEST_CASE_TEMPLATE("unpack_symmetric matches the reference, whole and in pieces", T, float, double) {
  std::mt19937_64 generator(15);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t n : {1u, 2u, 7u, 8u, 9u, 15u, 16u, 17u, 31u, 33u, 47u, 48u, 70u}) {
      CAPTURE(n);
      const std::size_t count = n * padded<T>(n);
      const guarded<T> packed = drawn<T>(generator, packed_stride<T>(n));
      guarded<T> whole(count), pieces(count), expected(count);
      reference.factor.unpack_symmetric(T(0.7), T(0.9), packed.data(), n, 0, n, expected.data());
      kernels.factor.unpack_symmetric(T(0.7), T(0.9), packed.data(), n, 0, n, whole.data());
      CHECK(same_bits(whole.data(), expected.data(), count));
      CHECK(whole.intact());
      for (std::size_t first = 0; first < n; first += 16) {
        const std::size_t last = first + 16 < n ? first + 16 : n;
        kernels.factor.unpack_symmetric(T(0.7), T(0.9), packed.data(), n, first, last, pieces.data());
      }
      CHECK(same_bits(pieces.data(), expected.data(), count));
      CHECK(pieces.intact());
    }
  });
}

TEST_CASE_TEMPLATE("symmetric_times matches the reference", T, float, double) {
  std::mt19937_64 generator(14);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (std::size_t n = 1; n <= 40; ++n) {
      const std::size_t stride = padded<T>(n);
      for (std::size_t columns = 0; columns <= 9; ++columns) {
        CAPTURE(n);
        CAPTURE(columns);
        const guarded<T> s = drawn<T>(generator, n * stride);
        // Only the first n entries of a column of v belong to the product.
        const guarded<T> v = draw_rows<T>(generator, columns, stride, n);
        guarded<T> out(columns * stride), expected(columns * stride);
        kernels.factor.symmetric_times(s.data(), n, stride, v.data(), columns, out.data());
        reference.factor.symmetric_times(s.data(), n, stride, v.data(), columns, expected.data());
        CHECK(same_bits(out.data(), expected.data(), columns * stride));
        CHECK(out.intact());
      }
    }
  });
}

TEST_CASE_TEMPLATE("vector updates match the reference", T, float, double) {
  std::mt19937_64 generator(15);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    std::vector<std::size_t> counts = packed_counts<T>();
    counts.push_back(0);
    for (const std::size_t count : counts) {
      CAPTURE(count);
      const guarded<T> b = drawn<T>(generator, count), x0 = drawn<T>(generator, count);
      guarded<T> x(count), expected(count);
      kernels.core.scaled_add(T(-0.3), b.data(), x0.data(), x.data(), count);
      reference.core.scaled_add(T(-0.3), b.data(), x0.data(), expected.data(), count);
      CHECK(same_bits(x.data(), expected.data(), count));
      CHECK(x.intact());
      guarded<T> in_place = x0;
      kernels.core.scaled_add(T(-0.3), b.data(), in_place.data(), in_place.data(), count);
      CHECK(same_bits(in_place.data(), expected.data(), count));
      kernels.core.add(b.data(), x.data(), count);
      reference.core.add(b.data(), expected.data(), count);
      CHECK(same_bits(x.data(), expected.data(), count));
      CHECK(x.intact());
    }
  });
}

TEST_CASE_TEMPLATE("gaussian_vector draws what gaussian draws", T, float, double) {
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    std::vector<std::size_t> counts = packed_counts<T>();
    counts.push_back(effort(1u << 18));
    for (const std::size_t count : counts) {
      const random_stream stream = make_stream(count, random_purpose::test, 3);
      guarded<T> out(count), expected(count);
      kernels.gaussian_vector.gaussian_vector(stream, out.data(), count);
      reference.gaussian_vector.gaussian_vector(stream, expected.data(), count);
      CAPTURE(count);
      CHECK(same_bits(out.data(), expected.data(), count));
      CHECK(out.intact());
    }
  });
}

TEST_CASE_TEMPLATE("gaussian_rows draws packed matrices with their padding", T, float, double) {
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    for (const std::size_t n : {1u, 2u, 3u, 5u, 6u, 15u, 16u, 17u, 40u}) {
      for (std::size_t rows = 0; rows <= 5; ++rows) {
        random_stream streams[5];
        for (std::size_t i = 0; i < 5; ++i) streams[i] = make_stream(n, random_purpose::test, i);
        const std::size_t stride = packed_stride<T>(n);
        guarded<T> out(rows * stride), expected(rows * stride);
        kernels.gaussian.gaussian_rows(streams, rows, n, 1.0f, square_root_of_half, out.data(), stride);
        reference.gaussian.gaussian_rows(streams, rows, n, 1.0f, square_root_of_half, expected.data(),
                                         stride);
        CAPTURE(n);
        CAPTURE(rows);
        CHECK(same_bits(out.data(), expected.data(), rows * stride));
        CHECK(out.intact());
      }
    }
  });
}

TEST_CASE_TEMPLATE("replace_rows is the three kernels that it combines", T, float, double) {
  std::mt19937_64 generator(16);
  const test::all_kernels<T> reference = test::reference_kernels<T>();
  for_every_table<T>([&](const test::all_kernels<T>& kernels) {
    CHECK((kernels.gaussian.replace_rows != nullptr) == (kernels.core.isa == instruction_set::avx512));
    if (kernels.gaussian.replace_rows == nullptr) return;
    for (const std::size_t n : {1u, 2u, 3u, 5u, 6u, 15u, 16u, 17u, 40u}) {
      const std::size_t used = packed_count(n), stride = packed_stride<T>(n);
      random_stream streams[drawn_block];
      for (std::size_t i = 0; i < drawn_block; ++i) streams[i] = make_stream(n, random_purpose::test, i);
      const guarded<T> z = draw_rows<T>(generator, 1, stride, used), y = drawn<T>(generator, drawn_block);
      guarded<T> rows = draw_rows<T>(generator, drawn_block, stride, used), expected_rows = rows;
      guarded<T> sum = draw_rows<T>(generator, 1, stride, used), expected_sum = sum;
      guarded<T> e = drawn<T>(generator, drawn_block), expected_e = e;
      const T loss = kernels.gaussian.replace_rows(streams, n, 1.0f, square_root_of_half, z.data(), y.data(),
                                                   e.data(), sum.data(), rows.data(), stride, T(0.25));
      const T expected_loss = reference.gaussian.replace_rows(
          streams, n, 1.0f, square_root_of_half, z.data(), y.data(), expected_e.data(), expected_sum.data(),
          expected_rows.data(), stride, T(0.25));
      CAPTURE(n);
      CHECK(same_bits(rows.data(), expected_rows.data(), drawn_block * stride));
      CHECK(same_bits(sum.data(), expected_sum.data(), stride));
      CHECK(same_bits(e.data(), expected_e.data(), drawn_block));
      CHECK(same_bits(&loss, &expected_loss, 1));
      CHECK((rows.intact() && sum.intact() && e.intact()));
    }
  });
}

TEST_SUITE_END();
