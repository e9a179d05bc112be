// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "demo.hpp"
#include "distance_table.hpp"
#include "error.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recovery.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::app {
namespace {

using point = std::array<double, 2>;
using layout = std::vector<point>;

/// Fisher-Yates, with the library's random numbers.
std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  const random_stream stream = make_stream(seed, random_purpose::test, 0);
  for (std::size_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random_bits(stream, static_cast<std::uint32_t>(i)) % i]);
  }
  return order;
}

/// The two leading left singular vectors of a factor, times `power`-th power of their singular values.
layout leading_plane(factor_view<const double> factor, double power, std::vector<double>& sigma) {
  std::vector<double> work(factor.n * factor.rank);
  sigma.resize(std::min(factor.n, factor.rank));
  singular_values(factor, work.data(), sigma.data());
  layout positions(factor.n);
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t j = 0; j < factor.n; ++j) {
      positions[j][d] = work[d * factor.n + j] / sigma[d] * std::pow(sigma[d], power);
    }
  }
  return positions;
}

/// Torgerson's classical multidimensional scaling: the leading eigenvectors of -1/2 J D^2 J.
layout classical_scaling(const distance_table& table) {
  const std::size_t n = table.n, stride = padded<double>(n);
  std::vector<double> squared(n * n), centred(stride * n);
  for (const auto& entry : table.entries) {
    squared[entry.i * n + entry.j] = squared[entry.j * n + entry.i] = entry.distance * entry.distance;
  }
  std::vector<double> mean(n);
  double grand = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) mean[j] += squared[j * n + k] / static_cast<double>(n);
    grand += mean[j] / static_cast<double>(n);
  }
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      centred[k * stride + j] = -0.5 * (squared[j * n + k] - mean[j] - mean[k] + grand);
    }
  }
  std::vector<double> eigenvalues;
  return leading_plane({centred.data(), n, n, stride}, 0.5, eigenvalues);
}

/// Rotates, mirrors and shifts `moving` onto `fixed` (orthogonal Procrustes) and returns the root-mean-square
/// difference.
double align(layout& moving, const layout& fixed) {
  const auto count = static_cast<double>(fixed.size());
  point from{}, to{};
  for (std::size_t j = 0; j < fixed.size(); ++j) {
    for (std::size_t d = 0; d < 2; ++d) {
      from[d] += moving[j][d] / count;
      to[d] += fixed[j][d] / count;
    }
  }
  double xx = 0, xy = 0, yx = 0, yy = 0;
  for (std::size_t j = 0; j < fixed.size(); ++j) {
    const double mx = moving[j][0] - from[0], my = moving[j][1] - from[1];
    const double fx = fixed[j][0] - to[0], fy = fixed[j][1] - to[1];
    xx += mx * fx, xy += mx * fy, yx += my * fx, yy += my * fy;
  }
  // A rotation gains hypot(xx + yy, xy - yx) in the trace, a reflection hypot(xx - yy, xy + yx).
  const double rotation = std::hypot(xx + yy, xy - yx), reflection = std::hypot(xx - yy, xy + yx);
  const bool mirror = reflection > rotation;
  const double cosine = mirror ? (xx - yy) / reflection : (xx + yy) / rotation;
  const double sine = mirror ? (xy + yx) / reflection : (xy - yx) / rotation;
  double sum = 0;
  for (std::size_t j = 0; j < fixed.size(); ++j) {
    const double mx = moving[j][0] - from[0], my = (moving[j][1] - from[1]) * (mirror ? -1 : 1);
    moving[j] = {cosine * mx - sine * my + to[0], sine * mx + cosine * my + to[1]};
    sum += std::pow(moving[j][0] - fixed[j][0], 2) + std::pow(moving[j][1] - fixed[j][1], 2);
  }
  return std::sqrt(sum / count);
}

/// Distances do not know north from south: mirror so that one city lies north of, and another west of, the
/// centre.
void turn_north_up(layout& positions, const std::vector<std::string>& labels) {
  for (std::size_t j = 0; j < positions.size(); ++j) {
    const bool flip_x = labels[j] == "Lisbon" && positions[j][0] > 0;
    const bool flip_y = labels[j] == "Stockholm" && positions[j][1] < 0;
    for (point& position : positions) {
      if (flip_x) position[0] = -position[0];
      if (flip_y) position[1] = -position[1];
    }
  }
}

struct recovered_map {
  layout positions;  ///< aligned with the yardstick
  std::vector<double> sigma;
  recovery_result result;
  double difference = 0;  ///< root-mean-square difference of the positions from the yardstick's, km
  double held_out = 0;    ///< root-mean-square error of the distances that were not used, km
};

recovered_map recover_map(const distance_table& table, const layout& yardstick, std::uint64_t draw,
                          std::size_t used, std::size_t rank) {
  const std::vector<std::size_t> order = shuffled(table.entries.size(), draw);
  std::vector<index_pair> pairs;
  std::vector<double> distances;
  for (std::size_t i = 0; i < used; ++i) {
    const auto& entry = table.entries[order[i]];
    pairs.push_back({entry.i, entry.j});
    distances.push_back(entry.distance);
  }
  problem<double> a;
  set_distances(a, table.n, pairs, distances, "eurodist");
  recovered_map map;
  std::vector<double> factor;
  const gradient_descent_options<double> options{.rank = rank};
  map.result = recover(a, options, gradient_descent_method<double>, factor, [](const observation&) {});
  const std::size_t stride = padded<double>(table.n);
  std::vector<double> columns(stride * rank);
  for (std::size_t j = 0; j < table.n; ++j) {
    for (std::size_t c = 0; c < rank; ++c) columns[c * stride + j] = factor[j * rank + c];
  }
  map.positions = leading_plane({columns.data(), table.n, rank, stride}, 1.0, map.sigma);
  map.difference = align(map.positions, yardstick);
  for (std::size_t i = used; i < order.size(); ++i) {
    const auto& entry = table.entries[order[i]];
    double squared = 0;
    for (std::size_t c = 0; c < rank; ++c) {
      squared += std::pow(factor[entry.i * rank + c] - factor[entry.j * rank + c], 2);
    }
    map.held_out +=
        std::pow(std::sqrt(squared) - entry.distance, 2) / static_cast<double>(order.size() - used);
  }
  map.held_out = std::sqrt(map.held_out);
  return map;
}

}  // namespace

void run_map(const std::string& path, const std::string& csv) {
  output_file out(csv);
  const distance_table table = read_distance_table(path);
  if (table.labels.size() != table.n) throw file_error(path, "the cities have no names");
  const std::size_t used = table.entries.size() * 7 / 10;
  std::cout << "2. A map from distances: road distances between " << table.n
            << " European cities (eurodist)\n"
            << "   " << used << " of the " << table.entries.size() << " distances, drawn at random, are used"
            << std::endl;

  layout truth = classical_scaling(table);
  turn_north_up(truth, table.labels);
  constexpr std::size_t draws = 20, shown = 2;
  const std::array<std::size_t, 2> ranks = {2, table.n};
  std::array<recovered_map, 2> maps;
  std::array<std::vector<double>, 2> differences;
  {
    progress bar("random draws", draws, false);
    for (std::size_t draw = 1; draw <= draws; ++draw) {
      for (std::size_t k = 0; k < ranks.size(); ++k) {
        recovered_map map = recover_map(table, truth, draw, used, ranks[k]);
        differences[k].push_back(map.difference);
        if (draw == shown) maps[k] = std::move(map);
      }
      bar.update(draw, "");
    }
    bar.finish();
  }
  std::printf("   draw %d of %d:\n   %-12s %10s %10s %23s %22s\n", static_cast<int>(shown),
              static_cast<int>(draws), "factor", "iterations", "loss/f(0)", "unused distances, rms",
              "to MDS of full table");
  for (std::size_t k = 0; k < ranks.size(); ++k) {
    const std::string name = (k == 0 ? "r = " : "r = n = ") + std::to_string(ranks[k]);
    std::printf("   %-12s %10u %10s %20.0f km %19.0f km\n", name.c_str(), maps[k].result.last.iteration,
                short_number(maps[k].result.last.loss / maps[k].result.zero_loss).c_str(), maps[k].held_out,
                maps[k].difference);
  }
  for (auto& all : differences) std::sort(all.begin(), all.end());
  std::printf(
      "   The draw matters: over all %d the median is %.0f km for r = 2 (%.0f to %.0f),\n   and %.0f km for "
      "r = n (%.0f to %.0f).\n",
      static_cast<int>(draws), differences[0][draws / 2], differences[0].front(), differences[0].back(),
      differences[1][draws / 2], differences[1].front(), differences[1].back());
  std::printf(
      "   Roads are not straight lines, so the Gram matrix is only nearly of rank 2: with r = n its third\n"
      "   eigenvalue stays at %.0f%% of the first, and the loss ends on a plateau instead of at zero.\n",
      100 * std::pow(maps[1].sigma[2] / maps[1].sigma[0], 2));

  out.write("city,mds_x_km,mds_y_km,r2_x_km,r2_y_km,rn_x_km,rn_y_km\n");
  for (std::size_t j = 0; j < table.n; ++j) {
    out.write("\"" + table.labels[j] + "\"");
    for (const layout* positions : {&truth, &maps[0].positions, &maps[1].positions}) {
      for (const double x : (*positions)[j]) out.write("," + std::to_string(x));
    }
    out.write("\n");
  }
  out.commit();
}

}  // namespace tinyrank::app
