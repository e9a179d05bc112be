// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/packed.hpp"

#include "lib/kernels/packed_kernels.hpp"
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#include "lib/kernels/small_factor_kernels.hpp"
#else
#include "lib/kernels/factor_kernels.hpp"
#endif

namespace tinyrank {

template <>
const packed_kernels<float> isa_tables<packed_kernels<float>>::TINYRANK_ISA = {
    dot_rows<float>,       accumulate_rows<float>,  residual_accumulate_rows<float>,
    form_gram_rows<float>, unpack_symmetric<float>, symmetric_times<float>};
template <>
const packed_kernels<double> isa_tables<packed_kernels<double>>::TINYRANK_ISA = {
    dot_rows<double>,       accumulate_rows<double>,  residual_accumulate_rows<double>,
    form_gram_rows<double>, unpack_symmetric<double>, symmetric_times<double>};

}  // namespace tinyrank
