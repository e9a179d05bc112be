// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "staircase_recovery.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "error.hpp"
#include "memory.hpp"
#include "saved_bytes.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/estimate.hpp"

namespace tinyrank::app {
namespace {

/// Row j of the rows that lie one after another.
const double* row_of(const std::vector<double>& rows, std::size_t j, std::size_t length) {
  return rows.data() + j * length;
}

template <class T>
std::vector<double> rows_of(factor_view<const T> columns, std::vector<double>& norms) {
  std::vector<double> rows;
  for (std::size_t j = 0; j < columns.n; ++j) {
    double squares = 0;
    for (std::size_t c = 0; c < columns.rank; ++c) {
      rows.push_back(static_cast<double>(columns(j, c)));
      squares += rows.back() * rows.back();
    }
    norms.push_back(std::sqrt(squares));
  }
  return rows;
}

template <class T>
freest_entry find_freest_entry(factor_shape shape, factor_view<const T> q, factor_view<const T> d) {
  // (Q + D)(Q + D)^T - (Q - D)(Q - D)^T is twice the direction; its entries are read as an estimate's are.
  const auto combined = [&](T sign) {
    std::vector<T> cells(q.rank * q.stride);
    for (std::size_t k = 0; k < cells.size(); ++k) cells[k] = q.data[k] + sign * d.data[k];
    return cells;
  };
  const std::vector<T> plus = combined(T(1)), minus = combined(T(-1));
  const factor_view<const T> up{plus.data(), q.n, q.rank, q.stride},
      down{minus.data(), q.n, q.rank, q.stride};
  const matrix_size size = matrix_size_of(shape, q.n);
  freest_entry found;
  double most = -1;
  for (std::size_t j = 0; j < size.rows; ++j) {
    for (std::size_t k = 0; k < size.columns; ++k) {
      const matrix_entry high = estimate_at(shape, up, j, k), low = estimate_at(shape, down, j, k);
      const double change = 0.5 * std::hypot(high.real - low.real, high.imaginary - low.imaginary);
      if (!(change > most)) continue;
      most = change;
      found = {{static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(k)}, most};
    }
  }
  return found;
}

}  // namespace

template <class T>
freest_entry find_freest(factor_shape shape, factor_view<const T> q, factor_view<const T> d,
                         bool of_distances) {
  if (shape.kind != factor_kind::symmetric) return find_freest_entry(shape, q, d);
  const std::size_t n = q.n, r = q.rank;
  std::vector<double> q_norms, d_norms;
  const std::vector<double> q_rows = rows_of(q, q_norms), d_rows = rows_of(d, d_norms);
  const double q_most = *std::max_element(q_norms.begin(), q_norms.end());
  const double d_most = *std::max_element(d_norms.begin(), d_norms.end());
  freest_entry found;
  double most = -1;
  for (std::size_t i = 0; i < n; ++i) {
    const double bound = of_distances ? (q_norms[i] + q_most) * (d_norms[i] + d_most)
                                      : q_norms[i] * d_most + d_norms[i] * q_most;
    if (bound < most) continue;
    const double *q_i = row_of(q_rows, i, r), *d_i = row_of(d_rows, i, r);
    for (std::size_t j = of_distances ? i + 1 : i; j < n; ++j) {
      const double *q_j = row_of(q_rows, j, r), *d_j = row_of(d_rows, j, r);
      double change = 0;
      for (std::size_t c = 0; c < r; ++c) {
        change += of_distances ? (q_i[c] - q_j[c]) * (d_i[c] - d_j[c]) : q_i[c] * d_j[c] + d_i[c] * q_j[c];
      }
      if (!(std::abs(change) > most)) continue;
      most = std::abs(change);
      found = {{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)}, most};
    }
  }
  return found;
}

template <class T>
std::optional<std::uint32_t> find_mirrored(factor_view<const T> u, const std::vector<index_pair>& pairs) {
  // Of its distance to one of them. On the hyperplane itself a distance says only the square of how far a
  // point is beside it.
  constexpr double beside = 1e-2;
  std::vector<std::vector<std::uint32_t>> known(u.n);
  for (const index_pair pair : pairs) {
    for (const auto& [one, other] :
         {std::pair(pair.first, pair.second), std::pair(pair.second, pair.first)}) {
      std::vector<std::uint32_t>& others = known[one];
      if (others.size() > u.rank || std::find(others.begin(), others.end(), other) != others.end()) continue;
      others.push_back(other);
    }
  }
  for (std::uint32_t point = 0; point < u.n; ++point) {
    const std::vector<std::uint32_t>& others = known[point];
    if (others.empty() || others.size() > u.rank) continue;
    const auto from_first = [&](std::uint32_t j) {
      std::vector<double> v;
      for (std::size_t c = 0; c < u.rank; ++c) v.push_back(static_cast<double>(u(j, c) - u(others[0], c)));
      return v;
    };
    std::vector<std::vector<double>> span;
    const auto take_off_span = [&](std::vector<double>& v) {
      for (const std::vector<double>& unit : span) {
        const double along = std::inner_product(v.begin(), v.end(), unit.begin(), 0.0);
        for (std::size_t c = 0; c < v.size(); ++c) v[c] -= along * unit[c];
      }
      return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
    };
    for (std::size_t k = 1; k < others.size(); ++k) {
      std::vector<double> v = from_first(others[k]);
      const double norm = take_off_span(v);
      if (!(norm > 0)) continue;
      for (double& x : v) x /= norm;
      span.push_back(v);
    }
    const auto is_beside = [&](std::uint32_t j) {
      std::vector<double> v = from_first(j);
      const double far = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
      return take_off_span(v) > beside * far;
    };
    if (!is_beside(point)) continue;
    // Where all other points are on the hyperplane, the mirror image is the same figure, turned over.
    for (std::uint32_t j = 0; j < u.n; ++j) {
      if (j != point && is_beside(j)) return point;
    }
  }
  return std::nullopt;
}

template std::optional<std::uint32_t> find_mirrored(factor_view<const float>, const std::vector<index_pair>&);
template std::optional<std::uint32_t> find_mirrored(factor_view<const double>,
                                                    const std::vector<index_pair>&);

template <class T>
std::size_t highest_rank(const sensing_operator<T>& a, const recovery_options<T>& options) {
  const recovery_sizes sizes = sizes_of<T>(a, options);
  return options.explore == exploration::at_once ? std::min(sizes.columns, sizes.explored) : sizes.columns;
}

template std::size_t highest_rank(const sensing_operator<float>&, const recovery_options<float>&);
template std::size_t highest_rank(const sensing_operator<double>&, const recovery_options<double>&);

template <class T>
staircase_result<T> climb(const problem<T>& a, recovery_options<T> options, const std::string& rank_option,
                          std::vector<T>& factor,
                          const std::function<void(const staircase_observation&)>& watch,
                          const std::function<bool()>& goes_on, checkpoint_file* kept) {
  using clock = std::chrono::steady_clock;
  if (options.probes == 0 && a.forms_matrix) options.probes = a.sensing.n;
  const std::size_t bytes = recovery_bytes(a.sensing, options);
  // A lower rank is no way out where the looks at the residual matrix take the most.
  recovery_options<T> least = options;
  least.rank_limit = 1;
  const std::string what = recovery_bytes(a.sensing, least) > bytes / 2
                               ? "--method staircase with n = " + std::to_string(a.sensing.n)
                               : rank_option;
  if (bytes == SIZE_MAX) require_ok(what, status::size_overflow);
  const aligned_buffer<std::byte> arena(what, bytes);
  recovery<T> run;
  const status started = init_operator(run, a.sensing, a.y.data(), options, arena.data(), arena.size());
  a.refuse_failure();
  if (started == status::measurements) {
    throw file_error(a.measured_by,
                     "the measurements say nothing of a matrix: they are all zero, or too large or too small "
                     "for this precision");
  }
  require_ok("recover", started);

  staircase_result<T> result;
  bool is_interrupted = false;
  result.rank_limit = static_cast<std::uint32_t>(highest_rank(a.sensing, options));
  std::uint32_t entries = UINT32_MAX;
  struct {
    double seconds = 0;
    double test_error = 0;
    std::uint32_t entries = 0;
    std::uint32_t has_test_error = 0;
  } beside;
  const auto keep = [&] {
    beside = {result.seconds, result.last.test_error.value_or(0), entries, result.last.test_error ? 1U : 0U};
    write_checkpoint(*kept, run, beside);
  };
  if (kept != nullptr && kept->resumes()) {
    resume_from(*kept, run, beside);
    result.seconds = beside.seconds;
    entries = beside.entries;
    if (beside.has_test_error != 0) result.last.test_error = beside.test_error;
  }
  const auto look = [&] {
    staircase_observation& seen = result.last;
    seen.pass = run.report.passes;
    seen.rank = run.report.rank_found;
    seen.loss = static_cast<double>(run.report.loss);
    seen.is_new = entries != run.report.entries;
    entries = run.report.entries;
    if (seen.is_new && a.has_truth()) seen.test_error = a.test_error(run.factor);
    watch(seen);
  };
  const bool all_alike = options.weights == nullptr && options.loss == robust_loss::squared;
  // Asked for before the run, which would otherwise be lost where there is none at its end.
  std::vector<T> image(all_alike ? a.sensing.measurement_count : 0);
  look();
  while (run.report.result == outcome::running) {
    if (!goes_on()) {
      if (kept != nullptr) keep();
      stop(run);
      is_interrupted = true;
      break;
    }
    const auto start = clock::now();
    step(run);
    result.seconds += std::chrono::duration<double>(clock::now() - start).count();
    a.refuse_failure();
    look();
    if (kept != nullptr && kept->is_due()) keep();
  }

  result.report = run.report;
  if (is_interrupted) {
    // Also where an answer stood whose judgement was left: what was not judged is not said.
    result.report.result = outcome::stopped;
    result.report.verdict = verdict::none;
    result.report.outliers = 0;
  }
  result.counted = a.sensing.measurement_count;
  result.is_weighted = options.weights != nullptr;
  if (result.is_weighted) {
    const T* end = options.weights + a.sensing.measurement_count;
    result.counted -= static_cast<std::uint64_t>(std::count(options.weights, end, T(0)));
  }
  result.counted -= run.report.outliers;
  result.counted -= std::min<std::uint64_t>(result.counted, options.spent);
  result.factor_bits = factor_bits(run.factor);
  // Of what is written: the answer need not be the last factor that was seen.
  if (a.has_truth()) result.last.test_error = a.test_error(run.factor);
  result.fidelity = a.fidelity_of(run.factor);
  const std::size_t rank = run.factor.rank;
  const bool of_distances = std::holds_alternative<distances_sensing<T>>(a.chosen);
  const verdict said = result.report.verdict;
  if ((said == verdict::best_fit || said == verdict::not_determined) && run.freedom.rank != 0)
    result.freest = find_freest(a.sensing.shape, run.directions, run.freedom, of_distances);
  std::vector<index_pair> room;
  if (run.report.outliers != 0 && !a.pairs.empty())
    result.worst_pair = a.all_pairs(room)[static_cast<std::size_t>(run.report.worst_outlier)];
  if (of_distances && said == verdict::recovered)
    result.mirrored = find_mirrored(run.factor, a.all_pairs(room));
  if (result.mirrored) result.report.verdict = verdict::not_determined;
  if (result.report.verdict == verdict::recovered && all_alike)
    result.missed = count_missed<T>(a, run.stairs.inner.how, run.factor, image);
  a.refuse_failure();
  factor.clear();
  for (std::size_t j = 0; j < run.factor.n; ++j) {
    for (std::size_t c = 0; c < rank; ++c) factor.push_back(run.factor(j, c));
  }
  return result;
}

template freest_entry find_freest(factor_shape, factor_view<const float>, factor_view<const float>, bool);
template freest_entry find_freest(factor_shape, factor_view<const double>, factor_view<const double>, bool);
template staircase_result<float> climb(const problem<float>&, recovery_options<float>, const std::string&,
                                       std::vector<float>&,
                                       const std::function<void(const staircase_observation&)>&,
                                       const std::function<bool()>&, checkpoint_file*);
template staircase_result<double> climb(const problem<double>&, recovery_options<double>, const std::string&,
                                        std::vector<double>&,
                                        const std::function<void(const staircase_observation&)>&,
                                        const std::function<bool()>&, checkpoint_file*);

}  // namespace tinyrank::app
