// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/groups.hpp"
#include "bench/yardsticks.hpp"
#include "lib/kernels/factor.hpp"
#include "lib/kernels/gaussian_vector.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, rank = 20, stride = padded<float>(n);

/// What the kernels read and write.
struct operands {
  buffer<float> factor = gaussian_vector<float>(stride * rank, 1);
  buffer<float> full = gaussian_vector<float>(stride * n, 2);
  buffer<float> product = allocate<float>(stride * rank);
  buffer<float> packed = allocate<float>(packed_stride<float>(n));
};

/// A case that calls use(operands).
template <class Use>
bench_case kernel_case(const char* name, Use use) {
  return {.name = name, .prepare = [use]() -> prepared_case {
            return [use, on = std::make_shared<operands>()] { use(*on); };
          }};
}

}  // namespace

case_group kernel_cases(const settings& chosen) {
  const auto* factor = &table_for<factor_kernels<float>>(chosen.isa);
  const auto* gaussian = &table_for<gaussian_vector_kernels<float>>(chosen.isa);
  const random_stream stream = make_stream(7, random_purpose::test, 2);

  bench_case gram = kernel_case("form_gram_f32", [factor](operands& on) {
    factor->form_gram_rows(on.factor.get(), stride, rank, 0, n, on.packed.get());
  });
  gram.flops = 2.0 * static_cast<double>(packed_count(n) * rank);
  gram.limits = {"fma_peak_f32_1_thread"};
  bench_case times = kernel_case("symmetric_times_f32", [factor](operands& on) {
    factor->symmetric_times(on.full.get(), n, stride, on.factor.get(), rank, on.product.get());
  });
  times.flops = 2.0 * static_cast<double>(n * n * rank);
  times.limits = {"fma_peak_f32_1_thread"};
  bench_case row = kernel_case("gaussian_row_f32", [gaussian, stream](operands& on) {
    gaussian->gaussian_vector(stream, on.packed.get(), packed_stride<float>(n));
  });
  row.draws = static_cast<double>(packed_stride<float>(n));
  return {fma_peak_case<float>({n, 1, rank, 1, chosen.isa}, "_1_thread"), gram, times, row};
}

}  // namespace tinyrank::bench
