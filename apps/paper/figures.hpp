// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "experiment.hpp"

namespace tinyrank::app {

// Stoger & Soltanolkotabi (NeurIPS 2021), section 4. Each writes NAME.csv and NAME.json.

/// n = 2: the landscape, gradient descent and the power method from one small start.
void make_figure1(const paper_settings& settings);
/// One run against the power method: angles, sigma_{r*}, test error.
void make_figure2(const paper_settings& settings);
/// The same three curves for many r.
void make_figure3(const paper_settings& settings);
/// Test error against alpha.
void make_figure4(const paper_settings& settings);
/// Train and test error over a long time, from a small and from a large start.
void make_figure5(const paper_settings& settings);
/// Iterations to recovery against r.
void make_figure6(const paper_settings& settings);

// Li, Ma & Zhang (COLT 2018).

/// r = n from alpha Id.
void make_overparameterized(const paper_settings& settings);
/// Small start against projected gradient descent.
void make_projected(const paper_settings& settings);
/// One-hidden-layer networks with quadratic activations.
void make_quadratic(const paper_settings& settings);

// Beyond the papers.

/// Passes to a test error of 1e-6 against the condition number of X X^T, for the methods of the library and
/// the staircase.
void make_kappa(const paper_settings& settings);

}  // namespace tinyrank::app
