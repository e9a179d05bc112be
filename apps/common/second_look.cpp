// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "second_look.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "answer.hpp"
#include "error.hpp"
#include "memory.hpp"
#include "recovery.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/estimate.hpp"
#include "tinyrank/examination.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank::app {
namespace {

template <class T>
double product(const T* a, const T* b, std::size_t n) {
  double sum = 0;
  for (std::size_t j = 0; j < n; ++j) sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  return sum;
}

/// b := G^-1 b for a positive definite k x k matrix, by Cholesky; false where it is none.
bool solve(std::vector<double>& g, std::size_t k, std::vector<double>& b, std::size_t columns) {
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t d = 0; d < c; ++d) {
      for (std::size_t i = c; i < k; ++i) g[i * k + c] -= g[i * k + d] * g[c * k + d];
    }
    if (!(g[c * k + c] > 0)) return false;
    const double root = std::sqrt(g[c * k + c]);
    for (std::size_t i = c; i < k; ++i) g[i * k + c] /= root;
  }
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t d = 0; d < i; ++d) b[i * columns + j] -= g[i * k + d] * b[d * columns + j];
      b[i * columns + j] /= g[i * k + i];
    }
    for (std::size_t i = k; i-- > 0;) {
      for (std::size_t d = i + 1; d < k; ++d) b[i * columns + j] -= g[d * k + i] * b[d * columns + j];
      b[i * columns + j] /= g[i * k + i];
    }
  }
  return true;
}

/// The least singular value of B in U = V B + rest, squared: 1 where U U^T has all of V V^T.
template <class T>
std::optional<double> weakest_share(factor_view<const T> u, factor_view<const T> v) {
  const std::size_t k = v.rank, r = u.rank;
  std::vector<double> gram(k * k), b(k * r);
  for (std::size_t p = 0; p < k; ++p) {
    for (std::size_t q = 0; q < k; ++q) gram[p * k + q] = product(v.column(p), v.column(q), v.n);
    for (std::size_t c = 0; c < r; ++c) b[p * r + c] = product(v.column(p), u.column(c), v.n);
  }
  if (!solve(gram, k, b, r)) return std::nullopt;
  // Fewer columns than directions leave one out.
  if (r < k) return 0;
  // Column p of B^T is row p of B.
  std::vector<double> work(r * k), sigma(k);
  singular_values<double>({b.data(), r, k, r}, work.data(), sigma.data());
  return sigma.back() * sigma.back();
}

/// Beyond this many entries nothing is compared entry by entry.
constexpr std::size_t most_compared = 4'000'000;

template <class T>
void compare(const problem<T>& a, factor_view<const T> u, factor_view<const T> v, second_look& found) {
  const factor_shape shape = a.sensing.shape;
  const matrix_size size = matrix_size_of(shape, u.n);
  if (v.rank == 0) return;
  if (shape.kind == factor_kind::symmetric) found.weakest = weakest_share(u, v);
  if (size.rows > most_compared / size.columns) return;
  found.is_compared = true;
  if (std::holds_alternative<distances_sensing<T>>(a.chosen)) {
    for (std::size_t i = 0; i < u.n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double right = distance_at(v, i, j);
        ++found.pairs;
        if (std::abs(distance_at(u, i, j) - right) > 0.5 * right) ++found.pairs_off;
      }
    }
  }
  found.difference = relative_test_error(shape, u, v);
}

/// Nothing where a size overflows, or is more than there is.
std::optional<aligned_buffer<std::byte>> arena_if_there(std::size_t bytes) {
  if (bytes == SIZE_MAX) return std::nullopt;
  try {
    return aligned_buffer<std::byte>("second look", bytes);
  } catch (const input_error&) {
    return std::nullopt;
  }
}

/// So many as come to these multiply-adds, or fewer: about as many nanoseconds.
template <class T>
double unnoticed_passes(const problem<T>& a, double work) {
  const auto n = static_cast<double>(a.sensing.n), m = static_cast<double>(a.sensing.measurement_count);
  return work / (n * n * m);
}

template <class T>
recovery_options<T> options_for(const problem<T>& a, const descent_options<T>& options,
                                std::uint32_t iterations) {
  constexpr std::size_t usual = 16, most = 64;
  recovery_options<T> given;
  given.rank_limit = std::min(largest_rank(a.sensing.shape, a.sensing.n),
                              std::clamp<std::size_t>(options.rank, usual, most));
  constexpr double usual_limit = 2000;
  const double passes = std::max(100.0, std::min(usual_limit, unnoticed_passes(a, 3e8)));
  given.pass_limit = std::max(static_cast<std::uint32_t>(passes), iterations / 10);
  given.seed = options.seed;
  given.plan = options.plan;
  given.isa = options.isa;
  if (a.centre) given.spent = a.centre->spent;
  if (a.forms_matrix) given.probes = a.sensing.n;
  return given;
}

}  // namespace

/// A tenth of the run's own, eight at least.
template <class T>
std::uint32_t passes_of_look(const problem<T>& a, std::uint32_t iterations) {
  constexpr std::uint32_t fewest = 8, most_unnoticed = 400;
  const double unnoticed = std::min<double>(most_unnoticed, unnoticed_passes(a, 1e7));
  return std::max({fewest, iterations / 10, static_cast<std::uint32_t>(unnoticed)});
}

template <class T>
std::optional<examined_answer> examine_answer(const problem<T>& a, const descent_options<T>& options,
                                              factor_view<const T> u, std::uint32_t iterations, T loss,
                                              T share) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  if (u.rank > largest_rank(a.sensing.shape, a.sensing.n)) return std::nullopt;
  staircase_options<T> given;
  given.rank_limit = u.rank;
  given.history = 1;
  given.tolerance = loss;
  given.relative_tolerance = 0;
  given.seed = options.seed;
  given.plan = options.plan;
  given.isa = options.isa;
  if (a.centre) given.spent = a.centre->spent;
  if (a.forms_matrix) given.probes = a.sensing.n;
  const auto arena = arena_if_there(staircase_bytes(a.sensing, given));
  if (!arena) return std::nullopt;
  staircase<T> run;
  if (init_operator(run, a.sensing, a.y.data(), given, arena->data(), arena->size()) != status::ok ||
      begin_examination(run, u, loss, share) != status::ok)
    return std::nullopt;
  // Of a direction that is not seen a random one has less than this share once in nine times.
  constexpr T hardly_any = T(0.02);
  const std::uint32_t noticed = passes_of_look(a, iterations);
  bool sees_all = false, is_out_of_passes = false;
  while (!sees_all && !is_out_of_passes && step(run) == outcome::running) {
    sees_all = run.report.passes >= noticed && unseen_directions(run) < hardly_any;
    is_out_of_passes = run.report.passes >= 2 * noticed;
  }
  // Columns that are all in use leave none to be missing.
  const bool uses_all = run.report.rank_found == u.rank;
  const missing_directions<T> missing = uses_all ? missing_directions<T>{} : find_missing(run, u);
  examined_answer found;
  found.said = sees_all ? verdict::recovered : run.report.verdict;
  found.rank = run.report.rank_found;
  found.passes = run.report.passes + missing.passes;
  found.unknowns = run.report.unknowns;
  if (run.report.verdict != verdict::none) found.condition = static_cast<double>(run.report.condition);
  found.missing = missing.count;
  found.weakest = static_cast<double>(missing.share);
  found.missing_share_of_y =
      std::sqrt(static_cast<double>(missing.explained) * static_cast<double>(loss / run.report.zero_loss));
  found.seconds = std::chrono::duration<double>(clock::now() - start).count();
  return found;
}

template <class T>
std::optional<second_look> look_again(const problem<T>& a, const descent_options<T>& options,
                                      factor_view<const T> u, std::uint32_t iterations) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  const recovery_options<T> given = options_for(a, options, iterations);
  const auto arena = arena_if_there(recovery_bytes(a.sensing, given));
  if (!arena) return std::nullopt;
  recovery<T> run;
  if (init_operator(run, a.sensing, a.y.data(), given, arena->data(), arena->size()) != status::ok)
    return std::nullopt;
  second_look found;
  found.ended = run_to_end(run);
  const recovery_report<T>& report = run.report;
  found.said = report.verdict;
  found.rank = report.rank_found;
  found.passes = report.passes;
  found.loss = static_cast<double>(report.loss);
  if (report.verdict != verdict::none) found.unknowns = report.unknowns;
  found.held_out = report.held_out;
  found.held_out_error = static_cast<double>(report.held_out_error);
  compare<T>(a, u, run.factor, found);
  found.seconds = std::chrono::duration<double>(clock::now() - start).count();
  return found;
}

template <class T>
missed_measurements count_missed(const problem<T>& a, const workspace<T>& how, factor_view<const T> u,
                                 std::vector<T>& image) {
  missed_measurements missed;
  std::size_t count = 0;
  a.sensing.measure(how, u, image.data());
  for (std::size_t i = 0; i < a.sensing.measurement_count; ++i) {
    const T size = std::abs(a.y[i]);
    if (size == 0) continue;
    ++missed.of;
    missed.largest = std::max(missed.largest, static_cast<double>(size));
    // No image that is still to be looked at stands there.
    if (std::abs(image[i] - a.y[i]) > T(0.5) * size) image[count++] = size;
  }
  missed.count = count;
  if (count == 0) return missed;
  const auto end = image.begin() + static_cast<std::ptrdiff_t>(count);
  const auto middle = image.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(image.begin(), middle, end);
  missed.median = static_cast<double>(*middle);
  return missed;
}

std::string describe_missed(const missed_measurements& missed) {
  return std::to_string(missed.count) + " of " + std::to_string(missed.of) +
         " measurements that are not zero are missed by more than half of their size: half of those are "
         "below " +
         short_number(missed.median) + ",\nand the largest of all is " + short_number(missed.largest) +
         ", beside which the loss hardly sees them";
}

template <class T>
std::uint64_t unknowns_carried(const problem<T>& a, const std::vector<double>& sigma, double share,
                               std::uint32_t& rank) {
  double all = 0, left = 0;
  for (const double s : sigma) all += s * s * s * s;
  std::size_t k = std::min(sigma.size(), largest_rank(a.sensing.shape, a.sensing.n));
  for (; k > 1; --k) {
    left += std::pow(sigma[k - 1], 4);
    if (left > share * all) break;
  }
  rank = static_cast<std::uint32_t>(k);
  // Distances do not say where the origin is.
  const bool of_distances = std::holds_alternative<distances_sensing<T>>(a.chosen);
  const std::size_t n = a.sensing.n - (of_distances && a.sensing.n > 1 ? 1 : 0);
  return unknowns_of_rank(a.sensing.shape, n, std::min(k, largest_rank(a.sensing.shape, n)));
}

#define TINYRANK_LOOKS(T)                                                                                 \
  template std::optional<examined_answer> examine_answer(const problem<T>&, const descent_options<T>&,    \
                                                         factor_view<const T>, std::uint32_t, T, T);      \
  template std::optional<second_look> look_again(const problem<T>&, const descent_options<T>&,            \
                                                 factor_view<const T>, std::uint32_t);                    \
  template missed_measurements count_missed(const problem<T>&, const workspace<T>&, factor_view<const T>, \
                                            std::vector<T>&);                                             \
  template std::uint64_t unknowns_carried(const problem<T>&, const std::vector<double>&, double,          \
                                          std::uint32_t&);
TINYRANK_LOOKS(float)
TINYRANK_LOOKS(double)
#undef TINYRANK_LOOKS

}  // namespace tinyrank::app
