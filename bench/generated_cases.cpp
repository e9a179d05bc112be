// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/harness.hpp"
#include "bench/probes.hpp"
#include "bench/problem.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::uint32_t n = 200, m = 10000, rank = 20;

/// Operators that store no matrix, beside the peak of the multipliers that bounds them.
class generated_group final : public case_group {
 public:
  explicit generated_group(const settings& chosen) : chosen_(chosen) {}

  std::vector<bench_case> cases() override {
    const auto dense_flops = static_cast<double>(4 * packed_count(n) * m);
    // Per pair and column: a difference and its square, then a product added and subtracted.
    const auto distance_flops = static_cast<double>(8 * m * rank);
    return {{.name = "fma_peak_f32", .run = [this] { peak<float>(); }, .flops = peak_flops<float>()},
            {.name = "fma_peak_f64", .run = [this] { peak<double>(); }, .flops = peak_flops<double>()},
            {.name = "gaussian_f32",
             .run = [this] { sink_ = gaussian_->loss_and_gradient(); },
             .flops = dense_flops,
             .draws = static_cast<double>(packed_count(n) * m),
             .limit = "fma_peak_f32",
             .against = "openblas_full_f32"},
            {.name = "distance_f32",
             .run = [this] { sink_ = distance_->loss_and_gradient(); },
             .flops = distance_flops,
             .limit = "fma_peak_f32"}};
  }

  void prepare(const std::vector<bench_case>&) override {
    drawn_ = {n, m, 7, gaussian_ensemble::isotropic};
    gaussian_ = std::make_unique<gradient_problem<float>>(drawn_, rank, chosen_.threads, chosen_.isa);
    pairs_ = allocate<index_pair>(m);
    const random_stream stream = make_stream(7, random_purpose::test, 1);
    for (std::uint32_t i = 0; i < m; ++i) {
      const std::uint32_t first = random_bits(stream, 2 * i) % n;
      const std::uint32_t apart = 1 + random_bits(stream, 2 * i + 1) % (n - 1);
      pairs_[i] = {first, (first + apart) % n};
    }
    between_ = {n, m, pairs_.get()};
    distance_ = std::make_unique<gradient_problem<float>>(between_, rank, chosen_.threads, chosen_.isa);
  }

  void release() noexcept override {
    gaussian_.reset();
    distance_.reset();
    pairs_.reset();
  }

 private:
  static constexpr std::size_t peak_steps = 1 << 20;

  template <class T>
  double peak_flops() const {
    return 2.0 * static_cast<double>(chosen_.threads * peak_steps *
                                     find_probes(chosen_.isa).of<T>().fma_chain_lanes);
  }

  template <class T>
  void peak() {
    const auto chains = find_probes(chosen_.isa).of<T>().fma_chains;
    const std::uint32_t pieces = 8;
    parallel_for(chosen_.threads, chosen_.threads * pieces, [&](std::size_t, std::uint32_t) {
      const volatile T result = chains(T(0.5), T(1), peak_steps / pieces);
      static_cast<void>(result);
    });
  }

  settings chosen_;
  gaussian_sensing<float> drawn_;
  buffer<index_pair> pairs_;
  distance_sensing<float> between_;
  std::unique_ptr<gradient_problem<float>> gaussian_, distance_;
  volatile float sink_ = 0;
};

}  // namespace

std::unique_ptr<case_group> generated_cases(const settings& chosen) {
  return std::make_unique<generated_group>(chosen);
}

}  // namespace tinyrank::bench
