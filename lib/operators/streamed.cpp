// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/operators/streamed_operator.hpp"

namespace tinyrank {

TINYRANK_STREAMED(dense_sensing, float)
TINYRANK_STREAMED(dense_sensing, double)
TINYRANK_STREAMED(dense_bf16_sensing, float)
TINYRANK_STREAMED(dense_bf16_sensing, double)
TINYRANK_STREAMED(dense_int8_sensing, float)
TINYRANK_STREAMED(dense_int8_sensing, double)
TINYRANK_STREAMED(rank_one_sensing, float)
TINYRANK_STREAMED(rank_one_sensing, double)

}  // namespace tinyrank
