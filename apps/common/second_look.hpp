// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The answer of a descent that was told the rank, looked at again: cheaply, by what the measurements say of
// it; and where that leaves a doubt, by a staircase that is told nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "problem.hpp"

namespace tinyrank::app {

/// What the measurements say of the descent's own answer, see tinyrank/examination.hpp.
struct examined_answer {
  verdict said = verdict::none;  ///< recovered or not determined; none: not known within its passes
  std::uint32_t rank = 0;        ///< of the columns that were examined
  std::uint32_t passes = 0;
  std::uint64_t unknowns = 0;
  double condition = 0;           ///< 0: not known
  std::uint32_t missing = 0;      ///< directions
  double weakest = 1;             ///< what U has of the weakest of them, as a share
  double missing_share_of_y = 0;  ///< what they leave of y, as a share
  double seconds = 0;
};

struct second_look {
  // The staircase's answer.
  outcome ended = outcome::running;
  verdict said = verdict::none;
  std::uint32_t rank = 0;
  std::uint32_t passes = 0;
  double loss = 0;
  std::uint64_t unknowns = 0;  ///< 0 where it has come to no verdict
  std::uint64_t held_out = 0;
  double held_out_error = 0;
  double seconds = 0;

  // That of the descent beside it.
  double difference = 0;  ///< ||Z - Z'||_F / ||Z'||_F, Z' the staircase's; 0 where there is too much of both
  bool is_compared = false;
  /// ||.||^2 of U in the weakest direction of Z', as a share of what Z' has there.
  std::optional<double> weakest;
  std::uint64_t pairs = 0, pairs_off = 0;  ///< distances, and those that differ by more than half
};

/// Measurements y_i of a factor that are missed by more than half of their size.
struct missed_measurements {
  std::uint64_t count = 0, of = 0;  ///< of those that are not zero
  double largest = 0;               ///< |y_i| of all
  double median = 0;                ///< and of those that are missed
};

/// Takes a tenth of the passes that the descent took, but eight at least, and more where n and m are so small
/// that nobody will notice; up to twice as many while they do not say whether the answer is determined. loss:
/// f(u); share: of f(0), what a loss at the tolerance may hide. Nothing where there is no memory for it, or
/// more columns than a matrix of this size has.
template <class T>
std::optional<examined_answer> examine_answer(const problem<T>& a, const descent_options<T>& options,
                                              factor_view<const T> u, std::uint32_t iterations, T loss,
                                              T share);

/// Lets a staircase loose on the problem, for at most a tenth of the passes that the descent took, but for a
/// hundred at least, and more where n and m are small. Nothing where there is no memory for it. u: the
/// descent's factor.
template <class T>
std::optional<second_look> look_again(const problem<T>& a, const descent_options<T>& options,
                                      factor_view<const T> u, std::uint32_t iterations);

/// Needs no memory but m numbers, `image`, whose values are lost. how: for the rank of u.
template <class T>
missed_measurements count_missed(const problem<T>& a, const workspace<T>& how, factor_view<const T> u,
                                 std::vector<T>& image);

/// "28 of 66 measurements that are not zero are missed by more than half of their size: ..."
std::string describe_missed(const missed_measurements& missed);

/// Whether it is more than a tenth, which no distribution of well-scaled measurements has at a small loss.
[[nodiscard]] inline bool misses_many(const missed_measurements& missed) noexcept {
  return 10 * missed.count > missed.of;
}

/// The unknowns of what the columns of U carry: singular values are left out from the smallest on while their
/// fourth powers come to less than `share` of all.
template <class T>
std::uint64_t unknowns_carried(const problem<T>& a, const std::vector<double>& sigma, double share,
                               std::uint32_t& rank);

}  // namespace tinyrank::app
