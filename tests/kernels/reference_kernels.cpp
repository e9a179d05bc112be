// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "reference_kernels.hpp"

#include <bit>
#include <type_traits>
#include <vector>

#include "lib/simd/exact_fma.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::test {
namespace {

template <class T>
T dot(const T* a, const T* z, std::size_t count) {
  T lanes[virtual_lanes<T>] = {};
  for (std::size_t k = 0; k < count; ++k) {
    T& lane = lanes[k % virtual_lanes<T>];
    lane = exact_fma(a[k], z[k], lane);
  }
  for (std::size_t half = virtual_lanes<T> / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

template <class T>
void dot_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t count, T* e) {
  for (std::size_t i = 0; i < rows; ++i) e[i] = dot(a + i * stride, z, count);
}

template <class T>
void accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* w, T* g, std::size_t count) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < count; ++k) g[k] = exact_fma(w[i], a[i * stride + k], g[k]);
  }
}

template <class T>
T residual_accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g,
                           std::size_t count, T loss) {
  for (std::size_t i = 0; i < rows; ++i) {
    const T e = dot(a + i * stride, z, count) - y[i];
    loss = exact_fma(e, e, loss);
    accumulate_rows(a + i * stride, stride, 1, &e, g, count);
  }
  return loss;
}

template <class T>
void form_gram_rows(const T* u, std::size_t stride, std::size_t r, std::size_t first, std::size_t last,
                    T* z) {
  for (std::size_t j = first; j < last; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      T sum = 0;
      for (std::size_t c = 0; c < r; ++c) sum = exact_fma(u[c * stride + j], u[c * stride + k], sum);
      z[packed_index(j, k)] = j == k ? sum : sum + sum;
    }
  }
}

template <class T>
void symmetric_times(const T* s, std::size_t n, std::size_t stride, const T* v, std::size_t columns, T* out) {
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t j = 0; j < stride; ++j) {
      T sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum = exact_fma(v[c * stride + k], s[k * stride + j], sum);
      out[c * stride + j] = sum;
    }
  }
}

template <class T>
void scaled_add(T factor, const T* b, const T* x0, T* x, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) x[k] = exact_fma(factor, b[k], x0[k]);
}

template <class T>
void add(const T* b, T* x, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) x[k] += b[k];
}

template <class T>
void unpack_symmetric(T scale, T diagonal_scale, const T* packed, std::size_t n, std::size_t first,
                      std::size_t last, T* full) {
  const std::size_t stride = padded<T>(n);
  for (std::size_t j = first; j < last; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      const T entry = packed[packed_index(j, k)] * (j == k ? diagonal_scale : scale);
      full[j * stride + k] = full[k * stride + j] = entry;
    }
  }
  if (last != n) return;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = n; k < stride; ++k) full[j * stride + k] = 0;
  }
}

template <class T>
void gaussian_vector(random_stream stream, T* out, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    out[k] = static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(k)));
  }
}

template <class T>
void gaussian_rows(const random_stream* streams, std::size_t rows, std::size_t n, float diagonal_scale,
                   float off_diagonal_scale, T* out, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    std::size_t k = 0;
    for (std::size_t row = 0; row < n; ++row) {
      for (std::size_t column = 0; column <= row; ++column, ++k) {
        const float scale = row == column ? diagonal_scale : off_diagonal_scale;
        out[i * stride + k] = static_cast<T>(scale * gaussian(streams[i], static_cast<std::uint32_t>(k)));
      }
    }
    for (; k < stride; ++k) out[i * stride + k] = 0;
  }
}

template <class T>
T replace_rows(const random_stream* streams, std::size_t n, float diagonal_scale, float off_diagonal_scale,
               const T* z, const T* y, T* e, T* sum, T* rows, std::size_t stride, T loss) {
  accumulate_rows(rows, stride, drawn_block, e, sum, stride);
  gaussian_rows(streams, drawn_block, n, diagonal_scale, off_diagonal_scale, rows, stride);
  dot_rows(rows, stride, drawn_block, z, stride, e);
  for (std::size_t i = 0; i < drawn_block; ++i) {
    e[i] -= y[i];
    loss = exact_fma(e[i], e[i], loss);
  }
  return loss;
}

/// <x, y> of rows of the factor: one after the other below a line of lanes, by the lane tree from there on.
template <class T>
T row_dot(const T* x, const T* y, std::size_t rank) {
  if (rank >= virtual_lanes<T>) return dot(x, y, rank);
  T sum = 0;
  for (std::size_t c = 0; c < rank; ++c) sum = exact_fma(x[c], y[c], sum);
  return sum;
}

/// Row j of a factor that is stored by rows.
template <class T>
T* row(T* u, std::size_t rank, std::size_t j) {
  return u + j * row_stride<std::remove_const_t<T>>(rank);
}

template <class T>
std::vector<T> row_difference(const T* u, std::size_t rank, index_pair pair) {
  std::vector<T> difference(rank);
  for (std::size_t c = 0; c < rank; ++c) {
    difference[c] = row(u, rank, pair.first)[c] - row(u, rank, pair.second)[c];
  }
  return difference;
}

template <class T>
T add_squares(const T* w, std::size_t count, T squares) {
  for (std::size_t i = 0; i < count; ++i) squares += w[i] * w[i];
  return squares;
}

template <class T>
void squared_distances(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<T> difference = row_difference(u, rank, pairs[i]);
    out[i] = row_dot(difference.data(), difference.data(), rank);
  }
}

template <class T>
T accumulate_pairs(const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count,
                   T* sum, T squares) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<T> difference = row_difference(v, rank, pairs[i]);
    for (std::size_t c = 0; c < rank; ++c) {
      T &first = row(sum, rank, pairs[i].first)[c], &second = row(sum, rank, pairs[i].second)[c];
      first = exact_fma(w[i], difference[c], first);
      second = exact_fma(-w[i], difference[c], second);
    }
  }
  return add_squares(w, count, squares);
}

template <class T>
void entry_values(const T* u, std::size_t rank, const index_pair* pairs, std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = row_dot(row(u, rank, pairs[i].first), row(u, rank, pairs[i].second), rank);
  }
}

template <class T>
void accumulate_row(T w, const T* v, std::size_t rank, std::size_t from, std::size_t to, T* sum) {
  accumulate_rows(row(v, rank, from), rank, 1, &w, row(sum, rank, to), rank);
}

template <class T>
void accumulate_both(T w, const T* v, std::size_t rank, std::size_t j, std::size_t k, T* sum) {
  accumulate_row(w, v, rank, k, j, sum);
  accumulate_row(w, v, rank, j, k, sum);
}

template <class T>
T accumulate_entries(const T* w, const T* v, std::size_t rank, const index_pair* pairs, std::size_t count,
                     T* sum, T squares) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulate_both(T(0.5) * w[i], v, rank, pairs[i].first, pairs[i].second, sum);
  }
  return add_squares(w, count, squares);
}

template <class T>
void sparse_values(const T* u, std::size_t rank, const std::size_t* offsets, const sparse_entry<T>* entries,
                   std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = 0;
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const auto [at, column, value] = entries[e];
      const T product = row_dot(row(u, rank, at), row(u, rank, column), rank);
      out[i] = exact_fma(at == column ? value : 2 * value, product, out[i]);
    }
  }
}

template <class T>
T accumulate_sparse(const T* w, const T* v, std::size_t rank, const std::size_t* offsets,
                    const sparse_entry<T>* entries, std::size_t count, T* sum, T squares) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const auto [at, column, value] = entries[e];
      const T weight = w[i] * value;
      accumulate_both(at == column ? T(0.5) * weight : weight, v, rank, at, column, sum);
    }
  }
  return add_squares(w, count, squares);
}

/// (-1)^popcount(z and l) i^k, k the number of Ys, but for the i of an odd one.
int pauli_sign(pauli_string of, std::size_t l) {
  const int turns = std::popcount(of.x & of.z) / 2 + std::popcount(l & of.z);
  return turns % 2 == 0 ? 1 : -1;
}
bool is_imaginary(pauli_string of) {
  return std::popcount(of.x & of.z) % 2 != 0;
}

/// The rows l of the pairs (l, l xor x), in order.
std::vector<std::size_t> paired_rows(std::size_t d, std::uint32_t x) {
  std::vector<std::size_t> rows;
  for (std::size_t l = 0; l < d; ++l) {
    if ((l ^ x) >= l) rows.push_back(l);
  }
  return rows;
}

template <class T>
void pauli_values(const T* u, std::size_t rank, std::size_t d, const pauli_string* strings, std::size_t count,
                  T* out) {
  const auto product = [=](std::size_t j, std::size_t k) {
    return row_dot(row(u, rank, j), row(u, rank, k), rank);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const pauli_string of = strings[i];
    const std::vector<std::size_t> rows = paired_rows(d, of.x);
    out[i] = 0;
    for (std::size_t first = 0; first < rows.size(); first += 32) {
      T part[32] = {};
      for (std::size_t t = 0; t < 32 && first + t < rows.size(); ++t) {
        const std::size_t l = rows[first + t], k = l ^ of.x;
        const T value =
            is_imaginary(of) ? product(l, d + k) - product(k, d + l) : product(l, k) + product(d + l, d + k);
        part[t] = static_cast<T>(pauli_sign(of, l)) * value;
      }
      for (std::size_t half = 16; half > 0; half /= 2) {
        for (std::size_t t = 0; t < half; ++t) part[t] += part[t + half];
      }
      out[i] += part[0];
    }
    if (of.x != 0) out[i] *= 2;
  }
}

template <class T>
T accumulate_pauli(const T* w, const T* v, std::size_t rank, std::size_t d, const pauli_string* strings,
                   std::size_t count, T* sum, T squares) {
  for (std::size_t first = 0, last = 0; first < count; first = last) {
    const std::uint32_t x = strings[first].x;
    while (last < count && strings[last].x == x) ++last;
    for (const std::size_t l : paired_rows(d, x)) {
      const std::size_t k = l ^ x;
      T even = 0, odd = 0;
      bool has_even = false, has_odd = false;
      for (std::size_t i = first; i < last; ++i) {
        const bool imaginary = is_imaginary(strings[i]);
        (imaginary ? odd : even) += static_cast<T>(pauli_sign(strings[i], l)) * w[i];
        (imaginary ? has_odd : has_even) = true;
      }
      if (x == 0) {
        accumulate_row(even, v, rank, l, l, sum);
        accumulate_row(even, v, rank, d + l, d + l, sum);
        continue;
      }
      if (has_even) {
        accumulate_both(even, v, rank, l, k, sum);
        accumulate_both(even, v, rank, d + l, d + k, sum);
      }
      if (has_odd) {
        accumulate_both(odd, v, rank, l, d + k, sum);
        accumulate_both(-odd, v, rank, k, d + l, sum);
      }
    }
  }
  return add_squares(w, count, squares);
}

template <class T>
void fourier_forward(T* re, T* im, std::size_t count, const T* cosines, const T* sines) {
  for (std::size_t h = count / 2; h > 0; h /= 2) {
    for (std::size_t i = 0; i < count; ++i) {
      if ((i & h) != 0) continue;
      const T a_re = re[i], a_im = im[i], b_re = re[i + h], b_im = im[i + h];
      const T c = cosines[h + i % h], s = sines[h + i % h];
      re[i] = a_re + b_re;
      im[i] = a_im + b_im;
      re[i + h] = exact_fma(a_re - b_re, c, (a_im - b_im) * s);
      im[i + h] = exact_fma(a_im - b_im, c, (b_re - a_re) * s);
    }
  }
}

template <class T>
void fourier_adjoint(T* re, T* im, std::size_t count, const T* cosines, const T* sines) {
  for (std::size_t h = 1; h < count; h *= 2) {
    for (std::size_t i = 0; i < count; ++i) {
      if ((i & h) != 0) continue;
      const T c = cosines[h + i % h], s = sines[h + i % h];
      const T b_re = exact_fma(re[i + h], c, -(im[i + h] * s));
      const T b_im = exact_fma(im[i + h], c, re[i + h] * s);
      re[i + h] = re[i] - b_re;
      im[i + h] = im[i] - b_im;
      re[i] += b_re;
      im[i] += b_im;
    }
  }
}

}  // namespace

template <class T>
all_kernels<T> reference_kernels() {
  return {{instruction_set::scalar, scaled_add<T>, add<T>},
          {dot_rows<T>, accumulate_rows<T>, residual_accumulate_rows<T>},
          {form_gram_rows<T>, unpack_symmetric<T>, symmetric_times<T>},
          {gaussian_vector<T>},
          {gaussian_rows<T>, replace_rows<T>},
          {squared_distances<T>, accumulate_pairs<T>},
          {entry_values<T>, accumulate_entries<T>},
          {sparse_values<T>, accumulate_sparse<T>},
          {pauli_values<T>, accumulate_pauli<T>},
          {fourier_forward<T>, fourier_adjoint<T>}};
}

template all_kernels<float> reference_kernels();
template all_kernels<double> reference_kernels();

}  // namespace tinyrank::test
