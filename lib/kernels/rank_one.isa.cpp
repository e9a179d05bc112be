// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/rank_one_kernels.hpp"

namespace tinyrank {

template <>
const rank_one_kernels<float> isa_tables<rank_one_kernels<float>>::TINYRANK_ISA = {
    products<float>, square_norms<float>, accumulate<float>};
template <>
const rank_one_kernels<double> isa_tables<rank_one_kernels<double>>::TINYRANK_ISA = {
    products<double>, square_norms<double>, accumulate<double>};

}  // namespace tinyrank
