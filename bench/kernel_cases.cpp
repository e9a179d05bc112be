// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/harness.hpp"
#include "bench/probes.hpp"
#include "bench/problem.hpp"
#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/packed.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, rank = 20;

/// Single kernels on one thread, with all their data in the second-level cache.
class kernel_group final : public case_group {
 public:
  explicit kernel_group(const settings& chosen) : chosen_(chosen) {}

  std::vector<bench_case> cases() override {
    const auto entries = static_cast<double>(packed_count(n));
    const auto probe = find_probes(chosen_.isa).of<float>();
    const double peak_flops = 2.0 * static_cast<double>(peak_steps * probe.fma_chain_lanes);
    return {
        {.name = "fma_peak_f32_1_thread",
         .run = [this, probe] { sink_ = probe.fma_chains(0.5f, 1.0f, peak_steps); },
         .flops = peak_flops},
        {.name = "form_gram_f32",
         .run = [this] { packed_kernels_->form_gram_rows(factor_.get(), stride, rank, 0, n, packed_.get()); },
         .flops = 2 * entries * static_cast<double>(rank),
         .limit = "fma_peak_f32_1_thread"},
        {.name = "symmetric_times_f32",
         .run =
             [this] {
               packed_kernels_->symmetric_times(full_.get(), n, stride, factor_.get(), rank, product_.get());
             },
         .flops = static_cast<double>(2 * n * n * rank),
         .limit = "fma_peak_f32_1_thread"},
        {.name = "gaussian_row_f32",
         .run =
             [this] { gaussian_kernels_->gaussian_vector(stream_, packed_.get(), packed_stride<float>(n)); },
         .draws = static_cast<double>(packed_stride<float>(n))}};
  }

  void prepare(const std::vector<bench_case>&) override {
    packed_kernels_ = &table_for<packed_kernels<float>>(chosen_.isa);
    gaussian_kernels_ = &table_for<gaussian_kernels<float>>(chosen_.isa);
    factor_ = gaussian_vector<float>(stride * rank, 1);
    full_ = gaussian_vector<float>(stride * n, 2);
    product_ = allocate<float>(stride * rank);
    packed_ = allocate<float>(packed_stride<float>(n));
    stream_ = make_stream(7, random_purpose::test, 2);
  }

  void release() noexcept override {
    factor_.reset();
    full_.reset();
    product_.reset();
    packed_.reset();
  }

 private:
  static constexpr std::size_t stride = padded<float>(n), peak_steps = 1 << 20;
  settings chosen_;
  const packed_kernels<float>* packed_kernels_ = nullptr;
  const gaussian_kernels<float>* gaussian_kernels_ = nullptr;
  random_stream stream_;
  buffer<float> factor_, full_, product_, packed_;
  volatile float sink_ = 0;
};

}  // namespace

std::unique_ptr<case_group> kernel_cases(const settings& chosen) {
  return std::make_unique<kernel_group>(chosen);
}

}  // namespace tinyrank::bench
