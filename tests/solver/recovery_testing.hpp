// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "staircase_testing.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank::operator_testing {

template <class T>
struct owned_recovery {
  aligned_vector<std::byte> memory;
  recovery<T> run;

  template <class Sensing>
  owned_recovery(const Sensing& sensing, const std::vector<T>& y, const recovery_options<T>& options)
      : memory(recovery_bytes(sensing, options), std::byte{0xa5}) {
    REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
  }
  /// A run looks at operator and measurements as long as it goes on.
  template <class Sensing>
  owned_recovery(const Sensing&&, const std::vector<T>&, const recovery_options<T>&) = delete;
  template <class Sensing>
  owned_recovery(const Sensing&, const std::vector<T>&&, const recovery_options<T>&) = delete;
};

/// Points of a plane or a room, and which of their distances are known.
struct known_distances {
  std::vector<std::vector<double>> points;
  std::vector<index_pair> pairs;
  std::vector<double> y;  ///< squared

  /// is_known(distance, place of the pair)
  template <class Known>
  known_distances(std::vector<std::vector<double>> at, Known is_known) : points(std::move(at)) {
    std::uint32_t place = 0;
    for (std::uint32_t i = 0; i < points.size(); ++i) {
      for (std::uint32_t j = 0; j < i; ++j, ++place) {
        const double d = between(i, j);
        if (!is_known(d, place)) continue;
        pairs.push_back({i, j});
        y.push_back(d * d);
      }
    }
  }
  /// To be kept while a run is.
  [[nodiscard]] distances_sensing<double> sensing() const {
    return {points.size(), pairs.size(), pairs.data()};
  }
  [[nodiscard]] double between(std::size_t i, std::size_t j) const {
    double squares = 0;
    for (std::size_t t = 0; t < points[i].size(); ++t) {
      const double apart = points[i][t] - points[j][t];
      squares += apart * apart;
    }
    return std::sqrt(squares);
  }
  /// Root mean square of the errors of all distances.
  [[nodiscard]] double error(factor_view<const double> u) const {
    double squares = 0, count = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j, ++count) {
        double found = 0;
        for (std::size_t c = 0; c < u.rank; ++c) {
          const double apart = u(i, c) - u(j, c);
          found += apart * apart;
        }
        const double missed = std::sqrt(found) - between(i, j);
        squares += missed * missed;
      }
    }
    return std::sqrt(squares / count);
  }
};

}  // namespace tinyrank::operator_testing
