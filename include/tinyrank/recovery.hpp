// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/detail/recovery_memory.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank {

/// Beside what a staircase is told.
template <class T>
struct recovery_options : staircase_options<T> {
  /// A few hundred passes are enough but for the hardest.
  constexpr recovery_options() noexcept { this->pass_limit = 5000; }

  exploration explore = exploration::when_needed;

  /// Columns of the start that explores, at most n. 0: min(n, 64).
  std::size_t explore_rank = 0;

  /// m weights w_i >= 0 of the squared residuals, not all zero: f(U) = 1/(4m) sum_i w_i e_i^2. Null: 1 each.
  /// A gradient with weights is two passes. Read by init only, aligned as T is.
  const T* weights = nullptr;

  /// huber: for measurements of which some are wild.
  robust_loss loss = robust_loss::squared;

  /// h: a residual e_i sqrt(w_i) beyond it pulls no harder than at it, and beyond 3.483 h not at all. Taken
  /// once half of the residuals are within it; until then, and when it is 0, h is 1.345 times their median,
  /// scaled to the standard deviation of a Gaussian, of whose efficiency it keeps 95% (Huber 1964).
  T huber_delta = 0;

  /// The share of the measurements that is held out to judge a fit to noisy ones, at most a half. 0: no
  /// judgement.
  T held_out_share = T(0.1);
};

/// Beside what a staircase reports, of the answer that is kept. With weights noise_estimate is that of a
/// measurement of weight 1.
template <class T>
struct recovery_report : staircase_report<T> {
  /// Of a best fit: sqrt(sum_i w_i e_i^2 / sum_i w_i y_i^2) over measurements that were held out, at the
  /// factor of the same rank that fits the others best. The factor of the answer has seen all of them.
  T held_out_error = 0;
  std::uint64_t held_out = 0;  ///< measurements; 0: nothing was judged, the error is unknown
  bool explored = false;       ///< whether columns were
  bool ambiguous = false;      ///< not determined, because exploring again led to another answer

  /// With a robust loss: measurements that the answer leaves out, and of those the one whose residual is the
  /// largest.
  std::uint64_t outliers = 0;
  std::uint64_t worst_outlier = 0;
};

/// Where a recovery stands; solver's own.
enum class recovery_phase : std::int32_t {
  climb,
  begin,  ///< the columns that explore get their loss and gradient
  explore,
  candidate,  ///< columns that may be the answer get theirs
  refine,
  reweigh,
  look,
  recheck,   ///< are the outliers those of the answer?
  conclude,  ///< the staircase's last phases
  others,    ///< the fit to what is not held out
  judge,
  ended
};

/// Low-rank recovery with nothing told: a staircase, and what it takes where that leaves a doubt.
///
/// Doubt: it has not ended after 400 passes; or few measurements do not determine its answer, or are fewer
/// than one and a half times the unknowns; or what is held out is missed by more than three times the noise
/// that is estimated; or, of an operator that does not form its matrix (staircase_options::probes), so
/// little is left (1e-5 of f(0)) that a local minimum leaves it rather than noise. Then explore_rank columns
/// go from a small random start, by quasi_newton.hpp without preconditioner, to a loss of 1e-6 f(0): the low
/// rank that such a start prefers (arXiv 2106.15013, theorem 3.3; 1712.09203) leads where a start with r*
/// columns is caught. Their leading k columns are refined, k = 1, 2, ..., until the F statistic of
/// staircase.hpp says that the last one fits noise. Where that is in doubt, too, one column more than the
/// answer has does the same with a long memory of steps. A few hundred passes; a few thousand for points
/// that know only their neighbours: a helix of 15% of the distances is found, a curve whose distances are
/// known up to 0.4 of its length, a ring up to its radius, a 6 x 6 grid up to 2.3 of its spacing; not the
/// curve up to 0.3, nor the grid where only the eight nearest are known. What exploring found is recovered
/// only if exploring from another start does not find another matrix.
///
/// A robust loss: Huber's weights min(1, h / |e_i|) and then Tukey's (1 - (e_i / 3.483 h)^2)^2 at each rank,
/// the staircase's columns one by one, tell outliers; a staircase on all else is the answer, whose residuals
/// must tell the same.
///
///     recovery<float> run;
///     if (status s = init(run, a, y, options, buffer, sizeof buffer); s != status::ok) ...
///     while (step(run) == outcome::running) {}     // or: run_to_end(run)
///
/// The last line of the trace is the answer's: it comes once more where another factor was looked at after
/// it.
///
/// A value without destructor; all memory is the arena's. The operator, y and the arena must outlive it.
/// Bits: the same everywhere; the factor is the staircase's where nothing is explored, no weights are given
/// and the loss is squared.
template <class T>
struct recovery {
  recovery_report<T> report;
  factor_view<const T> factor;  ///< U, n x rank_found; while exploring the columns that do so

  /// As in staircase<T>.
  factor_view<const T> directions;
  factor_view<const T> freedom;

  // What follows is the solver's own.
  staircase<T> stairs;
  descent<T> wide;
  recovery_options<T> options;
  recovery_memory<T> memory;
  recovery_phase phase = recovery_phase::climb;
  const T* y = nullptr;
  staircase_report<T> first;          ///< of the answer that is kept
  factor_view<const T> first_factor;  ///< and in the arena its factor, directions and freedom
  recovery_sizes sizes;
  std::size_t arena_bytes = 0;
  std::uint32_t lines = 0;    ///< of the trace
  staircase_entry<T> line;    ///< the last of them
  bool is_at_answer = false;  ///< the fit to what is not held out begins there
  std::size_t held_out = 0;
  bool is_on_detour = false;  ///< one column more than the answer's explores
  bool starts_again = false;  ///< what exploring found is looked for from another start
  std::uint32_t rounds = 0;   ///< of weights, at this rank
  bool is_cleaned = false;    ///< the staircase is that of the measurements without outliers
  bool is_settled = false;    ///< and leaves out what it should
  std::uint32_t climbs = 0;   ///< of such
  bool redescends = false;    ///< the weights are Tukey's
  T threshold = 0;            ///< h of the weights in use
  T least_threshold = 0;
};

/// The exact bytes that init needs; SIZE_MAX when they overflow size_t. Usable in a constant expression.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t recovery_bytes(const Sensing& a,
                                                   const recovery_options<T>& options) noexcept {
  const scaled_shape<Sensing, T> scaled{a};
  return measured_bytes([&](arena& memory) { layout_recovery<T>(memory, sizes_of<T>(scaled, options)); });
}

/// Checks every argument and places the run in the arena; no pass. On any status but ok neither `run` nor
/// the arena has been written. y: m raw measurements, aligned as T is. buffer: 64-byte aligned, at least
/// recovery_bytes(...) bytes. Errors: see status.hpp and staircase.hpp.
template <class T>
[[nodiscard]] TINYRANK_API status init_operator(recovery<T>& run, const sensing_operator<T>& a, const T* y,
                                                const recovery_options<T>& options, std::byte* buffer,
                                                std::size_t bytes) noexcept;

/// The same from an operator's descriptor, which must outlive the run.
template <class Sensing, class T>
[[nodiscard]] status init(recovery<T>& run, const Sensing& a, const T* y, const recovery_options<T>& options,
                          std::byte* buffer, std::size_t bytes) noexcept {
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return made;
  recovery_options<T> known = options;
  if (known.probes == 0 && forms_matrix(a)) known.probes = a.n;
  return init_operator(run, table, y, known, buffer, bytes);
}
/// A temporary descriptor would be gone when the run first reads it.
template <class Sensing, class T>
status init(recovery<T>& run, const Sensing&& a, const T* y, const recovery_options<T>& options,
            std::byte* buffer, std::size_t bytes) = delete;

/// At most one pass, with weights two. Once the run has ended it does nothing. Returns report.result, as a
/// staircase does.
template <class T>
TINYRANK_API outcome step(recovery<T>& run) noexcept;

/// Steps until the run ends.
template <class T>
TINYRANK_API outcome run_to_end(recovery<T>& run) noexcept;

/// Ends a run that has not ended, as outcome::stopped; but as its answer says where only the judgement of
/// that was left. The factor and its loss stay.
template <class T>
TINYRANK_API outcome stop(recovery<T>& run) noexcept;

}  // namespace tinyrank
