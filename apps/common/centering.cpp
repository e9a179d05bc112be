// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "centering.hpp"

#include <numeric>

namespace tinyrank::app {
namespace {

using side_values = std::vector<double>;

double product(const side_values& a, const side_values& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Known entries, their places counted from either side.
struct entries {
  const std::vector<index_pair>& pairs;
  const side_values& weights;
  bool by_columns;  ///< the long side is that of the rows

  [[nodiscard]] std::size_t long_of(std::size_t i) const noexcept {
    return by_columns ? pairs[i].first : pairs[i].second;
  }
  [[nodiscard]] std::size_t short_of(std::size_t i) const noexcept {
    return by_columns ? pairs[i].second : pairs[i].first;
  }
};

void divide(side_values& sums, const side_values& weights) {
  for (std::size_t j = 0; j < sums.size(); ++j) sums[j] = weights[j] > 0 ? sums[j] / weights[j] : 0;
}

/// For each of the long side the mean of what the other one leaves of z; z: null for zeros.
void long_means(const entries& of, const side_values* z, const side_values& shorter,
                const side_values& long_weights, side_values& longer) {
  std::fill(longer.begin(), longer.end(), 0);
  for (std::size_t i = 0; i < of.pairs.size(); ++i) {
    const double value = (z == nullptr ? 0 : (*z)[i]) - shorter[of.short_of(i)];
    longer[of.long_of(i)] += of.weights[i] * value;
  }
  divide(longer, long_weights);
}

/// The normal equations without the long side, whose means follow from the short one: a conjugate gradient
/// with the weights of the short side as preconditioner. They are singular along the shifts of groups, and
/// consistent.
void fit_both(const entries& of, const side_values& z, side_values& longer, side_values& shorter) {
  side_values long_weights(longer.size()), short_weights(shorter.size()), means(longer.size());
  for (std::size_t i = 0; i < of.pairs.size(); ++i) {
    long_weights[of.long_of(i)] += of.weights[i];
    short_weights[of.short_of(i)] += of.weights[i];
  }
  const auto apply = [&](const side_values* values, const side_values& b, side_values& out) {
    long_means(of, values, b, long_weights, means);
    std::fill(out.begin(), out.end(), 0);
    for (std::size_t i = 0; i < of.pairs.size(); ++i) {
      const double value = (values == nullptr ? 0 : (*values)[i]) - b[of.short_of(i)] - means[of.long_of(i)];
      out[of.short_of(i)] += of.weights[i] * value;
    }
  };
  side_values residual(shorter.size()), scaled, direction, image(shorter.size());
  apply(&z, shorter, residual);
  scaled = residual;
  divide(scaled, short_weights);
  direction = scaled;
  double size = product(residual, scaled);
  constexpr double accuracy = 1e-13;
  const double enough = size * accuracy * accuracy;
  for (std::size_t k = 0; k < 2 * shorter.size() + 10 && size > enough; ++k) {
    apply(nullptr, direction, image);
    const double curvature = -product(direction, image);
    if (!(curvature > 0)) break;
    const double step = size / curvature, before = size;
    for (std::size_t j = 0; j < shorter.size(); ++j) {
      shorter[j] += step * direction[j];
      residual[j] += step * image[j];
    }
    scaled = residual;
    divide(scaled, short_weights);
    size = product(residual, scaled);
    for (std::size_t j = 0; j < shorter.size(); ++j) direction[j] = scaled[j] + size / before * direction[j];
  }
  long_means(of, &z, shorter, long_weights, longer);
}

/// The group of each row, and of each column behind them.
std::vector<std::size_t> groups_of(std::size_t rows, std::size_t columns,
                                   const std::vector<index_pair>& pairs, const side_values& weights) {
  std::vector<std::size_t> parent(rows + columns);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root_of = [&](std::size_t at) {
    for (; parent[at] != at; at = parent[at]) parent[at] = parent[parent[at]];
    return at;
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (weights[i] > 0) parent[root_of(pairs[i].first)] = root_of(rows + pairs[i].second);
  }
  for (std::size_t at = 0; at < parent.size(); ++at) parent[at] = root_of(at);
  return parent;
}

/// Moves the shift of each group to the columns. Returns how many unknowns are left.
std::size_t settle_groups(centering& made, const std::vector<index_pair>& pairs, const side_values& weights) {
  const std::size_t rows = made.rows.size(), all = rows + made.columns.size();
  const std::vector<std::size_t> group = groups_of(rows, made.columns.size(), pairs, weights);
  side_values sums(all), counts(all);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    sums[group[pairs[i].first]] += weights[i] * made.rows[pairs[i].first];
    counts[group[pairs[i].first]] += weights[i];
  }
  std::size_t seen = 0;
  for (std::size_t at = 0; at < all; ++at) {
    if (!(counts[group[at]] > 0)) continue;
    // The shift of a group is no unknown of its own.
    if (group[at] != at) ++seen;
    const double shift = sums[group[at]] / counts[group[at]];
    at < rows ? made.rows[at] -= shift : made.columns[at - rows] += shift;
  }
  return seen;
}

}  // namespace

template <class T>
centering fit_centering(centering_of which, std::size_t rows, std::size_t columns,
                        const std::vector<index_pair>& pairs, const std::vector<T>& values,
                        const std::vector<T>& weights) {
  const std::size_t m = pairs.size();
  side_values w(m, 1.0), z(m);
  for (std::size_t i = 0; i < weights.size(); ++i) w[i] = static_cast<double>(weights[i]);
  centering made{which, 0, side_values(rows), side_values(columns), 0};
  for (std::size_t i = 0; i < m; ++i) made.mean += w[i] * static_cast<double>(values[i]);
  made.mean /= std::accumulate(w.begin(), w.end(), 0.0);
  for (std::size_t i = 0; i < m; ++i) z[i] = static_cast<double>(values[i]) - made.mean;

  if (which == centering_of::both) {
    const bool by_columns = columns <= rows;
    fit_both({pairs, w, by_columns}, z, by_columns ? made.rows : made.columns,
             by_columns ? made.columns : made.rows);
    made.spent = settle_groups(made, pairs, w);
    return made;
  }
  side_values& side = which == centering_of::rows ? made.rows : made.columns;
  const entries of{pairs, w, which == centering_of::rows};
  side_values side_weights(side.size());
  for (std::size_t i = 0; i < m; ++i) {
    side[of.long_of(i)] += w[i] * z[i];
    side_weights[of.long_of(i)] += w[i];
  }
  divide(side, side_weights);
  for (const double weight : side_weights) made.spent += weight > 0 ? 1 : 0;
  return made;
}

template centering fit_centering(centering_of, std::size_t, std::size_t, const std::vector<index_pair>&,
                                 const std::vector<float>&, const std::vector<float>&);
template centering fit_centering(centering_of, std::size_t, std::size_t, const std::vector<index_pair>&,
                                 const std::vector<double>&, const std::vector<double>&);

}  // namespace tinyrank::app
