// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>

#include "demo.hpp"
#include "distance_table.hpp"
#include "error.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recovery.hpp"
#include "staircase_recovery.hpp"
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
      // A factor of one column has no second.
      positions[j][d] = sigma[d] > 0 ? work[d * factor.n + j] / sigma[d] * std::pow(sigma[d], power) : 0.0;
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
  std::uint32_t passes = 0;
  std::uint32_t rank = 0;  ///< columns of the factor
  double seconds = 0;
  double loss = 0;        ///< over that of U = 0
  double difference = 0;  ///< root-mean-square difference of the positions from the yardstick's, km
  double held_out = 0;    ///< root-mean-square error of the distances that were not used, km
};

/// A random part of the table's distances, and the rest.
struct split_table {
  split_table(const distance_table& table, std::uint64_t draw, std::size_t used) {
    const std::vector<std::size_t> order = shuffled(table.entries.size(), draw);
    std::vector<index_pair> pairs;
    std::vector<double> distances;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto& entry = table.entries[order[i]];
      if (i >= used) {
        rest.push_back(entry);
        continue;
      }
      pairs.push_back({entry.i, entry.j});
      distances.push_back(entry.distance);
    }
    set_distances(a, table.n, pairs, distances, "eurodist");
  }
  problem<double> a;
  decltype(distance_table::entries) rest;
};

/// `factor`: rows of map.rank numbers.
void place(recovered_map& map, const split_table& split, const layout& yardstick,
           const std::vector<double>& factor) {
  const std::size_t n = yardstick.size(), stride = padded<double>(n), rank = map.rank;
  // A plane has two dimensions, also for a factor of one column.
  const std::size_t drawn = std::max<std::size_t>(rank, 2);
  std::vector<double> columns(stride * drawn);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t c = 0; c < rank; ++c) columns[c * stride + j] = factor[j * rank + c];
  }
  map.positions = leading_plane({columns.data(), n, drawn, stride}, 1.0, map.sigma);
  map.difference = align(map.positions, yardstick);
  for (const auto& entry : split.rest) {
    double squared = 0;
    for (std::size_t c = 0; c < rank; ++c) {
      squared += std::pow(factor[entry.i * rank + c] - factor[entry.j * rank + c], 2);
    }
    map.held_out += std::pow(std::sqrt(squared) - entry.distance, 2) / static_cast<double>(split.rest.size());
  }
  map.held_out = std::sqrt(map.held_out);
}

recovered_map descend(const split_table& split, const layout& yardstick, std::size_t rank) {
  std::vector<double> factor;
  const gradient_descent_options<double> options{.rank = rank};
  const recovery_result result =
      recover(split.a, options, gradient_descent_method<double>, false, factor, [](const observation&) {});
  recovered_map map;
  // The first evaluates the start. Not counted: those by which A^*(y) gave its scale and the step.
  map.passes = result.last.iteration + 1;
  map.rank = static_cast<std::uint32_t>(rank);
  map.seconds = result.seconds;
  map.loss = result.last.loss / result.zero_loss;
  place(map, split, yardstick, factor);
  return map;
}

recovered_map climb_told_nothing(const split_table& split, const layout& yardstick) {
  std::vector<double> factor;
  const staircase_result<double> result = climb<double>(
      split.a, recovery_options<double>{}, "demo", factor, [](const staircase_observation&) {},
      [] { return true; });
  recovered_map map;
  map.passes = result.report.passes;
  map.rank = result.report.rank_found;
  map.seconds = result.seconds;
  map.loss = result.report.loss / result.report.zero_loss;
  place(map, split, yardstick, factor);
  return map;
}

/// "rank 2 in 17 draws of 20, 3 in 3"
std::string describe_ranks(const std::map<std::uint32_t, std::size_t>& found, std::size_t draws) {
  std::string text;
  for (const auto& [rank, count] : found) {
    text += text.empty() ? "rank " + std::to_string(rank) + " in " + std::to_string(count) + " draws of " +
                               std::to_string(draws)
                         : ", " + std::to_string(rank) + " in " + std::to_string(count);
  }
  return text;
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
  constexpr std::size_t draws = 20, shown = 2, methods = 3;
  std::array<recovered_map, methods> maps;
  std::array<std::vector<double>, methods> differences;
  std::map<std::uint32_t, std::size_t> ranks;
  {
    progress bar("random draws", draws, false);
    for (std::size_t draw = 1; draw <= draws; ++draw) {
      const split_table split(table, draw, used);
      std::array<recovered_map, methods> made = {descend(split, truth, 2), descend(split, truth, table.n),
                                                 climb_told_nothing(split, truth)};
      for (std::size_t k = 0; k < methods; ++k) differences[k].push_back(made[k].difference);
      ++ranks[made[2].rank];
      if (draw == shown) maps = std::move(made);
      bar.update(draw, "");
    }
    bar.finish();
  }
  const std::string all = std::to_string(table.n);
  const std::array<std::string, methods> names = {"gradient descent, r = 2", "gradient descent, r = " + all,
                                                  "staircase"};
  std::printf("   draw %d of %d, rms:\n   %-24s %6s %8s %-8s %9s %9s %7s\n", static_cast<int>(shown),
              static_cast<int>(draws), "", "passes", "time", "rank", "loss/f(0)", "unused", "to MDS");
  for (std::size_t k = 0; k < methods; ++k) {
    std::printf("   %-24s %6u %5.1f ms %-8s %9s %6.0f km %4.0f km\n", names[k].c_str(), maps[k].passes,
                1e3 * maps[k].seconds, ((k == 2 ? "found " : "told ") + std::to_string(maps[k].rank)).c_str(),
                short_number(maps[k].loss).c_str(), maps[k].held_out, maps[k].difference);
  }
  std::printf("   unused: distances that were not used; MDS: classical scaling of the full table.\n");
  std::printf("   The draw matters. To MDS over all %d, median (least to largest):\n",
              static_cast<int>(draws));
  for (std::size_t k = 0; k < methods; ++k) {
    std::sort(differences[k].begin(), differences[k].end());
    std::printf("   %-24s %4.0f km (%.0f to %.0f)%s\n", names[k].c_str(), differences[k][draws / 2],
                differences[k].front(), differences[k].back(),
                k == 2 ? ("; " + describe_ranks(ranks, draws)).c_str() : "");
  }
  std::printf(
      "   Roads are not straight lines, so the Gram matrix is only nearly of rank 2:\n"
      "   with r = n its third eigenvalue stays at %.0f%% of the first, and the loss\n"
      "   ends on a plateau instead of at zero.\n",
      100 * std::pow(maps[1].sigma[2] / maps[1].sigma[0], 2));

  out.write("city");
  for (const char* method : {"mds", "r2", "rn", "staircase"}) {
    out.write(std::string(",") + method + "_x_km," + method + "_y_km");
  }
  out.write("\n");
  for (std::size_t j = 0; j < table.n; ++j) {
    out.write("\"" + table.labels[j] + "\"");
    for (const layout* positions : {&truth, &maps[0].positions, &maps[1].positions, &maps[2].positions}) {
      for (const double x : (*positions)[j]) out.write("," + std::to_string(x));
    }
    out.write("\n");
  }
  out.commit();
}

}  // namespace tinyrank::app
