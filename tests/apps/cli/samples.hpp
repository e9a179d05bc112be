// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace tinyrank::test {

/// Multiples of 1/`parts` in [-1, 1], the same on every machine.
class fractions {
 public:
  explicit fractions(std::uint32_t seed) : state_(seed) {}
  double next(std::uint32_t parts) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<double>((state_ >> 8U) % (2 * parts + 1)) / parts - 1;
  }

 private:
  std::uint32_t state_;
};

/// An npy file with this dictionary and these data, right or wrong.
std::string npy_text(std::string_view dictionary, std::string_view data, char major = 1);

/// An npy file of '<f4' or '<f8' from values in C order.
struct npy_format {
  bool single = false, fortran_order = false;
};
std::string npy(const std::vector<std::size_t>& shape, const std::vector<double>& values,
                npy_format format = {});

/// A problem with a known answer whose numbers are all short binary fractions: f4 and f8 hold the same.
struct sample {
  static constexpr std::size_t n = 5, m = 40, truth_rank = 2, rank = 3;
  std::vector<double> matrices;  ///< (m, n, n), symmetric
  std::vector<double> truth;     ///< X X^T
  std::vector<double> y;         ///< <A_i, X X^T>
  std::vector<double> start;     ///< (n, rank)

  sample();

  /// The lower triangles row by row.
  [[nodiscard]] std::vector<double> packed() const;

  /// Matrices whose symmetric parts are `matrices`.
  [[nodiscard]] std::vector<double> skewed() const;

  /// f(U) for an n x rank factor.
  [[nodiscard]] double loss(const std::vector<double>& factor) const;

  /// A.npy, y.npy, U0.npy, truth.npy.
  void write(const scratch_directory& directory) const;
};

inline const std::string dense = "--sensing dense:A.npy --measurements y.npy --rank 3 ";
inline const std::string planted = "--sensing gaussian:n=6,m=60,seed=3 --planted rank=2,seed=5 --rank 3 ";

/// A run that would go on for days: unchecked, for its steps are lost in rounding.
inline const std::string endless =
    "--sensing gaussian:n=6,m=60,seed=3 --planted rank=2,seed=5 --rank 3 --step 1e-9 --iterations "
    "4000000000 --unchecked ";

/// Pairwise distances of five points: a square table without names, and one with.
inline const std::string distance_table =
    "0,3,5,4,2.5\n3,0,4,5,2.5\n5,4,0,3,2.5\n4,5,3,0,2.5\n2.5,2.5,2.5,2.5,0\n";
inline const std::string named_distance_table =
    ",A,B,C,D,E\nA,0,3,5,4,2.5\nB,3,0,4,5,2.5\nC,5,4,0,3,2.5\nD,4,5,3,0,2.5\nE,2.5,2.5,2.5,2.5,0\n";

}  // namespace tinyrank::test
