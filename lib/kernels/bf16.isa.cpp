// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/quantized_kernels.hpp"

namespace tinyrank {

template <>
const bf16_kernels<float> isa_tables<bf16_kernels<float>>::TINYRANK_ISA = {
    stored<float, bf16_storage<float>>::table};
template <>
const bf16_kernels<double> isa_tables<bf16_kernels<double>>::TINYRANK_ISA = {
    stored<double, bf16_storage<double>>::table};

}  // namespace tinyrank
