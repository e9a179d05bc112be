// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The small matrices of every look and of every preconditioner, each between numbers of its own: what is read
// beside them shows in the results, and what is written there, if only copied, in the numbers.

#include <complex>

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/dense_algebra/factor_geometry.hpp"
#include "operator_testing.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

template <class T>
inline constexpr double accuracy = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());

/// Large numbers, no two alike, of one sign.
template <class T>
class walled {
 public:
  explicit walled(std::size_t count, T sign)
      : count_(count), first_(sign * (next += 1000)), cells_(count + 2 * wall) {
    for (std::size_t k = 0; k < cells_.size(); ++k) cells_[k] = number(k);
  }
  T* data() { return cells_.data() + wall; }
  T operator[](std::size_t k) const { return cells_[wall + k]; }
  /// The walls, and what is_wall(k) calls one within.
  template <class IsWall>
  [[nodiscard]] bool intact(IsWall is_wall) const {
    for (std::size_t k = 0; k < cells_.size(); ++k) {
      const bool is_outside = k < wall || k >= wall + count_;
      if ((is_outside || is_wall(k - wall)) && cells_[k] != number(k)) return false;
    }
    return true;
  }
  [[nodiscard]] bool intact() const {
    return intact([](std::size_t) { return false; });
  }

 private:
  static constexpr std::size_t wall = 64;
  static inline T next = 0;
  [[nodiscard]] T number(std::size_t k) const { return first_ + static_cast<T>(k % 1000); }

  std::size_t count_;
  T first_;
  aligned_vector<T> cells_;
};

/// Rows below n are drawn, padding is a wall.
template <class T>
struct walled_factor {
  walled<T> cells;
  factor_view<T> view;

  walled_factor(std::size_t n, std::size_t rank, T sign, std::uint64_t stream)
      : cells(rank * padded<T>(n), sign), view{cells.data(), n, rank, padded<T>(n)} {
    for (std::size_t c = 0; c < rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) view(j, c) = static_cast<T>(normal(stream, c * n + j));
    }
  }
  [[nodiscard]] bool intact() const {
    return cells.intact([&](std::size_t k) { return k % view.stride >= view.n; });
  }
  [[nodiscard]] std::complex<double> number(std::size_t j, std::size_t c) const {
    return {static_cast<double>(view(j, c)), static_cast<double>(view(view.n / 2 + j, c))};
  }
};

template <class T>
struct walled_matrices {
  walled<T> projected, vectors, values, row;

  explicit walled_matrices(std::size_t b, T sign)
      : projected(b * b, sign), vectors(b * b, sign), values(b, sign), row(b, sign) {}
  small_matrices<T> view() { return {projected.data(), vectors.data(), values.data(), row.data()}; }
  [[nodiscard]] bool intact() const {
    return projected.intact() && vectors.intact() && values.intact() && row.intact();
  }
};

/// Entry of a Hermitian matrix; of a symmetric one, where `imaginary` is 0.
std::complex<double> hermitian(std::size_t j, std::size_t k, double imaginary) {
  const std::size_t low = std::min(j, k), high = std::max(j, k);
  const double sign = j == k ? 0 : j > k ? imaginary : -imaginary;
  return {normal(50 + high, low), sign * normal(90 + high, low)};
}

/// |a^H M b - wanted|, M as above or the identity.
template <class Left, class Right>
double apart(std::size_t d, Left a, Right b, bool is_identity, double imaginary, double wanted) {
  std::complex<double> sum = 0;
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t k = 0; k < d; ++k) {
      if (is_identity && j != k) continue;
      sum += std::conj(a(j)) * (is_identity ? 1 : hermitian(j, k, imaginary)) * b(k);
    }
  }
  return std::abs(sum - wanted);
}

/// basis: orthonormal, and of the matrix the pairs that small.values has, in order.
template <class T, class Number>
void check_ritz(std::size_t d, std::size_t b, Number number, double imaginary, const T* values,
                bool largest_first) {
  for (std::size_t c = 0; c < b; ++c) {
    const auto q = [&](std::size_t j) { return number(j, c); };
    for (std::size_t e = 0; e <= c; ++e) {
      const auto p = [&](std::size_t j) { return number(j, e); };
      CHECK(apart(d, p, q, true, imaginary, e == c ? 1 : 0) < accuracy<T>);
      CHECK(apart(d, p, q, false, imaginary, e == c ? static_cast<double>(values[c]) : 0) < 10 * accuracy<T>);
    }
    if (c > 0) CHECK((largest_first ? values[c - 1] >= values[c] : values[c - 1] <= values[c]));
  }
}

}  // namespace

TEST_SUITE_BEGIN("dense_algebra");

TEST_CASE_TEMPLATE("Ritz pairs of a symmetric matrix", T, float, double) {
  for (const std::size_t n : {9U, 16U, 17U}) {
    for (std::size_t b = 1; b <= 9; ++b) {
      CAPTURE(n);
      CAPTURE(b);
      const bool largest_first = b % 2 == 0;
      const T sign = largest_first ? T(1) : T(-1);
      walled_factor<T> basis(n, b, sign, 1), image(n, b, sign, 2);
      walled_matrices<T> small(b, sign);
      const std::size_t first = b / 2;
      orthonormalise(factor_view<T>{basis.view.data, n, first, basis.view.stride});
      const std::vector<T> before(basis.view.data, basis.view.data + first * basis.view.stride);
      orthonormalise(basis.view, first);
      CHECK(test::same_bits(before.data(), basis.view.data, before.size()));
      for (std::size_t c = 0; c < b; ++c) {
        for (std::size_t j = 0; j < n; ++j) {
          double sum = 0;
          for (std::size_t k = 0; k < n; ++k)
            sum += hermitian(j, k, 0).real() * static_cast<double>(basis.view(k, c));
          image.view(j, c) = static_cast<T>(sum);
        }
      }
      rotate_to_ritz(basis.view, image.view, small.view(), largest_first);
      check_ritz<T>(
          n, b,
          [&](std::size_t j, std::size_t c) {
            return std::complex<double>(static_cast<double>(basis.view(j, c)));
          },
          0, small.values.data(), largest_first);
      CHECK(basis.intact());
      CHECK(image.intact());
      CHECK(small.intact());
    }
  }
}

TEST_CASE_TEMPLATE("the block iteration ends at the pairs of largest magnitude", T, float, double) {
  constexpr std::size_t b = 3;
  for (const std::size_t n : {15U, 16U}) {
    for (const T sign : {T(1), T(-1)}) {
      // 9, -8, 7, 1, 0.9, ..
      const auto eigenvalue = [](std::size_t j) {
        return j < 3 ? (j == 1 ? -8.0 : 9.0 - static_cast<double>(j)) : 1.0 / static_cast<double>(j - 2);
      };
      walled_factor<T> basis(n, b, sign, 1), image(n, b, sign, 2);
      walled_matrices<double> small(b, static_cast<double>(sign));
      draw_block(basis.view, 3);
      for (std::size_t c = 0; c < b; ++c) {
        for (std::size_t j = n; j < basis.view.stride; ++j) CHECK(basis.view(j, c) == 0);
      }
      const block_outcome made = iterate_block(basis.view, image.view, small.view(), b, 4 * accuracy<T> / 100,
                                               60, [&](factor_view<const T> from, factor_view<T> to) {
                                                 for (std::size_t c = 0; c < b; ++c) {
                                                   for (std::size_t j = 0; j < n; ++j)
                                                     to(j, c) = static_cast<T>(eigenvalue(j)) * from(j, c);
                                                 }
                                               });
      CHECK(made.steps > 2);
      CHECK(made.steps < 40);
      CHECK(made.residual <= 4 * accuracy<T> / 100);
      for (std::size_t c = 0; c < b; ++c) {
        CHECK(small.values[c] == doctest::Approx(eigenvalue(c)).epsilon(accuracy<T>));
        CHECK(std::abs(static_cast<double>(basis.view(c, c))) == doctest::Approx(1).epsilon(accuracy<T>));
      }
      CHECK(basis.cells.intact());
      CHECK(image.intact());
      CHECK(small.intact());
    }
  }
}

TEST_CASE_TEMPLATE("Ritz pairs and damped Cholesky factors of complex columns", T, float, double) {
  sensing_operator<T> table;
  const generated_complex_rank_one_sensing<T> sensing{16, 40, 1};
  REQUIRE(make_operator(sensing, table) == status::ok);
  const factor_geometry<T>& own = *table.geometry;
  for (const std::size_t d : {8U, 9U, 16U}) {
    for (std::size_t b = 1; b <= 6; ++b) {
      CAPTURE(d);
      CAPTURE(b);
      const bool largest_first = b % 2 == 0;
      const T sign = largest_first ? T(1) : T(-1);
      walled_factor<T> u(2 * d, b, sign, 3), image(2 * d, b, sign, 4), drawn(2 * d, b, sign, 4);
      // L L^H = W^H W + lambda Id, and G L^-H, G L^-1.
      constexpr double lambda = 0.25;
      walled<T> gram(b * b, sign);
      REQUIRE(own.factorise_gram(u.view, T(lambda), gram.data()));
      const auto lower = [&](std::size_t i, std::size_t j) {
        if (i < j) return std::complex<double>(0);
        const auto at = [&](std::size_t p, std::size_t q) { return static_cast<double>(gram[p * b + q]); };
        return std::complex<double>(at(i, j), i == j ? 0 : at(j, i));
      };
      for (std::size_t i = 0; i < b; ++i) {
        for (std::size_t j = 0; j < b; ++j) {
          std::complex<double> product = 0, wanted = i == j ? lambda : 0;
          for (std::size_t k = 0; k < b; ++k) product += lower(i, k) * std::conj(lower(j, k));
          for (std::size_t k = 0; k < d; ++k) wanted += std::conj(u.number(k, i)) * u.number(k, j);
          CHECK(std::abs(product - wanted) < 40 * accuracy<T>);
        }
      }
      for (const bool backward : {false, true}) {
        for (std::size_t c = 0; c < b; ++c)
          std::memcpy(image.view.column(c), drawn.view.column(c), 2 * d * sizeof(T));
        own.solve(gram.data(), image.view, backward);
        for (std::size_t j = 0; j < d; ++j) {
          for (std::size_t c = 0; c < b; ++c) {
            std::complex<double> again = 0;
            for (std::size_t k = 0; k < b; ++k)
              again += image.number(j, k) * (backward ? lower(k, c) : std::conj(lower(c, k)));
            CHECK(std::abs(again - drawn.number(j, c)) < 10 * accuracy<T>);
          }
        }
      }
      CHECK(gram.intact());

      for (std::size_t c = 0; c < b; ++c) own.orthonormalise_column(u.view, c);
      for (std::size_t c = 0; c < b; ++c) {
        for (std::size_t j = 0; j < d; ++j) {
          std::complex<double> sum = 0;
          for (std::size_t k = 0; k < d; ++k) sum += hermitian(j, k, 1) * u.number(k, c);
          image.view(j, c) = static_cast<T>(sum.real());
          image.view(d + j, c) = static_cast<T>(sum.imag());
        }
      }
      walled_matrices<T> small(2 * b, sign);
      own.rotate_to_ritz(u.view, image.view, small.view(), largest_first);
      check_ritz<T>(
          d, b, [&](std::size_t j, std::size_t c) { return u.number(j, c); }, 1, small.values.data(),
          largest_first);
      CHECK(u.intact());
      CHECK(image.intact());
      CHECK(small.intact());
    }
  }
}

TEST_SUITE_END();
