// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/quantized_kernels.hpp"

namespace tinyrank {

template <>
const int8_kernels<float> isa_tables<int8_kernels<float>>::TINYRANK_ISA = {
    stored<float, int8_storage<float>>::table};
template <>
const int8_kernels<double> isa_tables<int8_kernels<double>>::TINYRANK_ISA = {
    stored<double, int8_storage<double>>::table};

}  // namespace tinyrank
