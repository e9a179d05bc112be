// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checkpoint_file.hpp"
#include "problem.hpp"
#include "second_look.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank::app {

/// A factor on the way, as it was seen.
struct staircase_observation {
  std::uint32_t pass = 0;
  std::uint32_t rank = 0;
  double loss = 0;
  std::optional<double> test_error;  ///< with a known truth
  bool is_new = false;               ///< not the factor of the observation before
};

/// What moves most along the direction in which the measurements change least.
struct freest_entry {
  index_pair place;
  double change = 0;  ///< of the entry, or squared distance, along Q D^T + D Q^T, ||D||_F = 1
};

template <class T>
struct staircase_result {
  recovery_report<T> report;
  std::uint32_t rank_limit = 0;
  bool is_weighted = false;
  std::uint64_t counted = 0;  ///< measurements whose weight is not zero, less those left out and those spent
  staircase_observation last;
  std::optional<freest_entry> freest;
  index_pair worst_pair = {};             ///< of a list's worst outlier
  std::optional<std::uint32_t> mirrored;  ///< a point whose mirror image fits the known distances as well
  missed_measurements missed;             ///< of a recovered matrix, where all count alike
  double seconds = 0;                     ///< of the passes, without observing
  std::uint64_t factor_bits = 0;
  std::optional<double> fidelity;  ///< of a complex matrix with a known truth
};

/// The highest rank that a run with these options may find.
template <class T>
std::size_t highest_rank(const sensing_operator<T>& a, const recovery_options<T>& options);

/// Runs a recovery to its end, or until `goes_on` says otherwise: then without a verdict. `watch` sees every
/// pass, and U = 0 before the first, and nothing before the run has been accepted; `factor` gets U, n x
/// rank_found row-major. rank_option: what a refusal of the memory names, where the columns take it. kept: as
/// recover has it. Errors: input_error for refused options, for measurements that are all zero, and for a
/// checkpoint of another run.
template <class T>
staircase_result<T> climb(const problem<T>& a, recovery_options<T> options, const std::string& rank_option,
                          std::vector<T>& factor,
                          const std::function<void(const staircase_observation&)>& watch,
                          const std::function<bool()>& goes_on, checkpoint_file* kept = nullptr);

/// Where the matrix moves along Q D^T + D Q^T, by its shape Q_L D_R^T + D_L Q_R^T or Q D^H + D Q^H: the entry
/// that does so most; of_distances: the two points whose squared distance does.
template <class T>
freest_entry find_freest(factor_shape shape, factor_view<const T> q, factor_view<const T> d,
                         bool of_distances);

/// The first point of which so few distances are known, no more than there are columns, that its mirror image
/// at the hyperplane through the points that it knows is as far from them, and another figure.
template <class T>
std::optional<std::uint32_t> find_mirrored(factor_view<const T> u, const std::vector<index_pair>& pairs);

}  // namespace tinyrank::app
