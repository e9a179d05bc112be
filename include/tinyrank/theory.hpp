// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "tinyrank/export.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

/// Theorem 3.3 of arXiv 2106.15013 (the case r >= 2 r*) as code: what is proved of gradient descent from U_0
/// = alpha U, U i.i.d. N(0, variance 1/r). The paper writes every bound up to an absolute constant that it
/// does not give, so each is a parameter here, 1 by default: trends and ratios are the theorem's, values are
/// not.
///
/// Eqs. (4) to (6) were written down without the published text at hand, and could be compared only with its
/// generalization to tubal tensors, theorem 3.1 of Karnik, Veselovska, Iwen & Krahmer (ICML 2025, arXiv
/// 2410.16247), which is about matrices when tubes have length 1; here k = min(r, n).
/// The same there: delta and its rank 2 r* + 1, kappa^-4 in mu, m >= C n r*^2 kappa^8; r*^{1/8} and the
/// exponent 21/16 of alpha in eq. (5); the logarithm of C kappa n / k, of kappa r* / (k - r*) (with a min in
/// the place of our max) and of ||X|| / alpha, over mu sigma_{r*}(X)^2, in eq. (6).
/// In agreement with it: the powers of n, kappa and k in eq. (5), which its kappa^{-3/16} (k - r*)^{3/8}
/// r*^{1/8} g^{21/16} has for a noise g = (kappa^2 sqrt(n / k))^2 alpha / ||X|| after the spectral phase; its
/// own g has 16 kappa^2 for the 2.
/// Not checked: eq. (4), where it has sigma_{r*}(X) / (kappa^2 k) (C kappa^2 sqrt(n / k))^{-16 kappa^2}, and
/// the three terms of eq. (6).

/// What the bounds depend on. kappa = ||X|| / sigma_{r*}(X), definition 3.2.
struct theorem_setting {
  std::size_t n = 0;
  std::size_t rank = 0;        ///< r, columns of the factor
  std::size_t truth_rank = 0;  ///< r*
  double condition_number = 1;
  double truth_norm = 1;  ///< ||X||
};

struct theorem_constants {
  double scale = 1;         ///< of eq. (4)
  double error = 1;         ///< of eq. (5)
  double iterations = 1;    ///< of eq. (6)
  double isometry = 1;      ///< c in delta <= c kappa^-4 / sqrt(r*)
  double step = 1;          ///< c in mu <= c kappa^-4 / ||X||^2
  double measurements = 1;  ///< C in m >= C n r*^2 kappa^8, Gaussian ensemble
};

/// Whether the setting is one of the theorem's case r >= 2 r*, n > r* >= 1, kappa >= 1. Outside it (r* <= r
/// < 2 r* has a statement of its own, which is not in here), the functions below are NaN.
[[nodiscard]] TINYRANK_API bool covered_by_theorem(const theorem_setting& setting) noexcept;

/// Definition 3.2: ||X|| / sigma_{r*}(X), from the singular values of X, largest first. NaN for none or a
/// zero.
[[nodiscard]] TINYRANK_API double condition_number(const double* sigma, std::size_t truth_rank) noexcept;

/// Eq. (4), with k = min(r, n):
///     alpha <= C ||X|| min{ k^{1/4} / (kappa^{1/2} n^{3/4}) (2 kappa^2 sqrt(n / k))^{-6 kappa^2}, 1 /
///     (kappa^7 n) }
/// The natural logarithm of the bound, because for kappa of 5 or more the bound itself is below the smallest
/// number; largest_initial_scale is its exponential.
[[nodiscard]] TINYRANK_API double log_largest_initial_scale(const theorem_setting& setting,
                                                            const theorem_constants& constants = {}) noexcept;
[[nodiscard]] TINYRANK_API double largest_initial_scale(const theorem_setting& setting,
                                                        const theorem_constants& constants = {}) noexcept;

/// Eq. (6), the iterations of each phase, with k = min(r, n):
///     C / (mu sigma_{r*}(X)^2) ( log(2 kappa^2 sqrt(n / k))                              spectral
///                              + log(sigma_{r*}(X) / alpha)                              saddle avoidance
///                              + log(max{1, kappa r* / (k - r*)} ||X|| / alpha) )        refinement
struct theorem_iterations {
  double spectral = 0;
  double saddle_avoidance = 0;
  double refinement = 0;
  [[nodiscard]] constexpr double total() const noexcept { return spectral + saddle_avoidance + refinement; }
};
[[nodiscard]] TINYRANK_API theorem_iterations
iteration_bound(const theorem_setting& setting, double initial_scale, double step_size,
                const theorem_constants& constants = {}) noexcept;

/// Eq. (5): the bound on ||U U^T - X X^T||_F / ||X||^2 after those iterations, with k = min(r, n),
///     C n^{21/16} kappa^{81/16} r*^{1/8} / k^{15/16} (alpha / ||X||)^{21/16}
[[nodiscard]] TINYRANK_API double error_bound(const theorem_setting& setting, double initial_scale,
                                              const theorem_constants& constants = {}) noexcept;

/// The exponent of alpha in eq. (5), to set beside a fitted one (figure 4).
inline constexpr double error_exponent = 21.0 / 16.0;

/// The theorem's conditions: delta of rank 2 r* + 1, mu, and the number of Gaussian measurements that gives
/// that delta with high probability (m >= C n r* / delta^2, Candes & Plan 2011).
[[nodiscard]] TINYRANK_API double largest_isometry_constant(const theorem_setting& setting,
                                                            const theorem_constants& constants = {}) noexcept;
[[nodiscard]] TINYRANK_API double largest_step_size(const theorem_setting& setting,
                                                    const theorem_constants& constants = {}) noexcept;
[[nodiscard]] TINYRANK_API double sufficient_measurements(const theorem_setting& setting,
                                                          const theorem_constants& constants = {}) noexcept;

/// The natural logarithm of x > 0 and the exponential, relative error below 1e-14: series of their own, so
/// that the bounds have the same bits on every target.
[[nodiscard]] TINYRANK_API double natural_logarithm(double x) noexcept;
[[nodiscard]] TINYRANK_API double exponential(double x) noexcept;

}  // namespace tinyrank
