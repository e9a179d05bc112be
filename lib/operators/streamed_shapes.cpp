// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/operators/streamed_operator.hpp"

namespace tinyrank {

TINYRANK_STREAMED(hermitian_dense_sensing, float)
TINYRANK_STREAMED(hermitian_dense_sensing, double)
TINYRANK_STREAMED(rectangular_dense_sensing, float)
TINYRANK_STREAMED(rectangular_dense_sensing, double)
TINYRANK_STREAMED(complex_rank_one_sensing, float)
TINYRANK_STREAMED(complex_rank_one_sensing, double)
TINYRANK_STREAMED(bilinear_sensing, float)
TINYRANK_STREAMED(bilinear_sensing, double)

}  // namespace tinyrank
