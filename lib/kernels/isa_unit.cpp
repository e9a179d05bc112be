// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Compiled once per instruction set, with -DTINYRANK_ISA=name, that set's flags and -O2 in every build type
// (unoptimised, xsimd's inline functions would become weak symbols, and the linker might hand AVX code to a
// processor without it). Exports one table and nothing else.

#include "lib/kernels/distance_kernels.hpp"
#include "lib/kernels/factor_kernels.hpp"
#include "lib/kernels/gaussian_kernel.hpp"
#include "lib/kernels/kernel_table.hpp"
#include "lib/kernels/packed_kernels.hpp"

#define TINYRANK_JOIN(a, b) a##b
#define TINYRANK_TABLE(name) TINYRANK_JOIN(kernels_, name)

namespace tinyrank {
namespace {

template <class T>
constexpr kernel_table<T> make_table() {
  return {instruction_set::TINYRANK_ISA,
          dot_rows<T>,
          accumulate_rows<T>,
          residual_accumulate_rows<T>,
          form_gram_rows<T>,
          symmetric_times<T>,
          scaled_add<T>,
          add_to<T>,
          squared_distances<T>,
          accumulate_pairs<T>,
          gaussian_row<T>};
}

}  // namespace

extern const kernel_set TINYRANK_TABLE(TINYRANK_ISA);
constinit const kernel_set TINYRANK_TABLE(TINYRANK_ISA) = {make_table<float>(), make_table<double>()};

}  // namespace tinyrank
