// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/batch_case.hpp"

#include "tinyrank/batch.hpp"
#include "tinyrank/operators/dense.hpp"

namespace tinyrank::bench {
namespace {

/// Started runs on one operator, whose gradients are evaluated together at their first factors.
struct batch_run {
  batch_run(const shape& of, std::size_t count) : held(share_rows<float>(of)), a(held->a) {
    for (std::size_t k = 0; k < count; ++k) {
      alone.push_back(std::make_unique<gradient_problem<float>>(a, of.rank, of.threads, of.isa));
      problems.push_back(alone.back()->in_batch());
    }
    make_batch_operator(a, together);
    how = *problems[0].how;
    how.scratch_bytes = batch_scratch_bytes(a, count, how.plan);
    scratch = allocate<std::byte>(how.scratch_bytes);
    how.scratch = scratch.get();
  }

  std::shared_ptr<const stored_operator<catalogue::dense_row, float>> held;
  dense_sensing<float> a;
  std::vector<std::unique_ptr<gradient_problem<float>>> alone;
  std::vector<batch_problem<float>> problems;
  batch_operator<float> together;
  workspace<float> how;
  buffer<std::byte> scratch;
};

}  // namespace

bench_case batch_case(const shape& of, std::size_t problems) {
  const operator_kind& dense = operator_named("dense_f32");
  return {.name = "batch" + std::to_string(problems) + "_f32",
          .prepare = [of, problems]() -> prepared_case {
            const auto run = std::make_shared<batch_run>(of, problems);
            return [run] {
              run->together.loss_and_gradient(run->together.context, run->how, run->problems.data(),
                                              run->problems.size());
            };
          },
          .bytes = dense.bytes(of),
          .flops = static_cast<double>(problems) * dense.flops(of),
          .is_operator = true};
}

}  // namespace tinyrank::bench
