// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

#include "support.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::test {

/// A user's own operator: sampled entries, <A_i, Z> = (Z_jk + Z_kj) / 2 for a list of places.
template <class T>
struct sampled_entries {
  std::size_t n = 0;
  std::vector<index_pair> places;

  static T at(factor_view<const T> u, factor_view<const T> v, index_pair place) {
    T sum = 0;
    for (std::size_t c = 0; c < u.rank; ++c) sum += u(place.first, c) * v(place.second, c);
    return sum;
  }
  static void measure(const sensing_operator<T>& a, const workspace<T>&, factor_view<const T> u, T* y) {
    const auto& self = *static_cast<const sampled_entries*>(a.context);
    for (std::size_t i = 0; i < self.places.size(); ++i) y[i] = at(u, u, self.places[i]);
  }
  static void adjoint_times(const sensing_operator<T>& a, const workspace<T>&, const T* w,
                            factor_view<const T> v, factor_view<T> out) {
    const auto& self = *static_cast<const sampled_entries*>(a.context);
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = 0;
    for (std::size_t i = 0; i < self.places.size(); ++i) {
      const auto [j, k] = self.places[i];
      for (std::size_t c = 0; c < v.rank; ++c) {
        out(j, c) += T(0.5) * w[i] * v(k, c);
        out(k, c) += T(0.5) * w[i] * v(j, c);
      }
    }
  }
  static T loss_and_gradient(const sensing_operator<T>& a, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) {
    const auto& self = *static_cast<const sampled_entries*>(a.context);
    T* residual = reinterpret_cast<T*>(how.scratch);
    const auto m = static_cast<T>(self.places.size());
    T squares = 0;
    for (std::size_t i = 0; i < self.places.size(); ++i) {
      const T e = at(u, u, self.places[i]) - y[i];
      squares += e * e;
      residual[i] = e / m;
    }
    adjoint_times(a, how, residual, u, gradient);
    return squares / (4 * m);
  }
  static std::size_t bytes(const sensing_operator<T>& a, std::size_t, execution_plan) {
    return static_cast<const sampled_entries*>(a.context)->places.size() * sizeof(T);
  }
  sensing_operator<T> table() const {
    return {n, places.size(), this, {bytes, measure, adjoint_times, loss_and_gradient}};
  }
};

inline std::vector<index_pair> draw_pairs(std::mt19937_64& generator, std::size_t n, std::size_t m,
                                          bool different) {
  std::vector<index_pair> pairs(m);
  for (index_pair& pair : pairs) {
    pair.first = static_cast<std::uint32_t>(generator() % n);
    do {
      pair.second = static_cast<std::uint32_t>(generator() % n);
    } while (different && pair.first == pair.second);
  }
  return pairs;
}

/// Kinds of operators over storage of their own, and their matrices A_i in double as an oracle.
/// Not to be moved: the operator's table points into it.
template <class T>
struct sensing_case {
  std::string name;
  std::size_t n, m;
  aligned_vector<T> rows;
  std::vector<index_pair> pairs;
  std::vector<std::vector<double>> matrices;
  dense_sensing<T> dense;
  gaussian_sensing<T> gaussian;
  distances_sensing<T> distance;
  sampled_entries<T> user;
  sensing_operator<T> table;

  sensing_case(const sensing_case&) = delete;
  sensing_case(int kind, std::size_t size, std::size_t measurement_count)
      : n(size), m(measurement_count), matrices(m, std::vector<double>(n * n)) {
    std::mt19937_64 generator(1000 * n + m);
    status made = status::ok;
    if (kind == 0) {
      name = "dense";
      std::vector<T> full(n * n);
      rows.resize(m * packed_stride<T>(n), std::numeric_limits<T>::quiet_NaN());
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          for (std::size_t k = 0; k <= j; ++k) full[j * n + k] = full[k * n + j] = draw<T>(generator);
        }
        pack_row_from_full(n, full.data(), rows.data() + i * packed_stride<T>(n));
        matrices[i].assign(full.begin(), full.end());
      }
      dense = {n, m, rows.data()};
      made = make_operator(dense, table);
    } else if (kind == 1) {
      name = "gaussian";
      gaussian = {n, m, 77, m % 2 == 0 ? gaussian_ensemble::isotropic : gaussian_ensemble::as_printed};
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          for (std::size_t k = 0; k <= j; ++k) {
            matrices[i][j * n + k] = matrices[i][k * n + j] =
                static_cast<double>(gaussian_entry(77, gaussian.ensemble, i, j, k));
          }
        }
      }
      made = make_operator(gaussian, table);
    } else if (kind == 2) {
      name = "distance";
      pairs = draw_pairs(generator, n, m, true);
      for (std::size_t i = 0; i < m; ++i) {
        const std::size_t j = pairs[i].first, k = pairs[i].second;
        matrices[i][j * n + j] = matrices[i][k * n + k] = 1;
        matrices[i][j * n + k] = matrices[i][k * n + j] = -1;
      }
      distance = {n, m, pairs.data()};
      made = make_operator(distance, table);
    } else {
      name = kind == 3 ? "user" : "user, two verbs";
      user = {n, draw_pairs(generator, n, m, false)};
      for (std::size_t i = 0; i < m; ++i) {
        matrices[i][user.places[i].first * n + user.places[i].second] += 0.5;
        matrices[i][user.places[i].second * n + user.places[i].first] += 0.5;
      }
      sensing_operator<T> own = user.table();
      if (kind == 4) own.functions.loss_and_gradient = nullptr;
      made = make_operator(own, table);
    }
    if (made != status::ok) std::abort();
  }
};

inline constexpr int sensing_kinds = 5;

}  // namespace tinyrank::test
