// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

/// Every public header.

#include "tinyrank/arena.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/descent.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/phases.hpp"
#include "tinyrank/quadratic_network.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/restricted_isometry.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"
#include "tinyrank/sensing.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/status.hpp"
#include "tinyrank/subspaces.hpp"
#include "tinyrank/theory.hpp"
#include "tinyrank/version.hpp"
#include "tinyrank/views.hpp"
