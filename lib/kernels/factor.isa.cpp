// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/factor.hpp"

#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#include "lib/kernels/small_factor_kernels.hpp"
#else
#include "lib/kernels/factor_kernels.hpp"
#endif

namespace tinyrank {

template <>
const factor_kernels<float> isa_tables<factor_kernels<float>>::TINYRANK_ISA = {
    form_gram_rows<float>, unpack_symmetric<float>, symmetric_times<float>};
template <>
const factor_kernels<double> isa_tables<factor_kernels<double>>::TINYRANK_ISA = {
    form_gram_rows<double>, unpack_symmetric<double>, symmetric_times<double>};

}  // namespace tinyrank
