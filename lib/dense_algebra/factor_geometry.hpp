// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What solvers do with a factor that stands for a rectangular or a complex matrix. An operator of such a
// shape has a table of it. U U^T needs none, so that a program without such an operator links nothing.

#include "tinyrank/detail/small_matrices.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

template <class T>
struct factor_geometry {};

}  // namespace tinyrank
