// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/batch.hpp"

#include "lib/solver/iteration.hpp"

namespace tinyrank {
namespace {

template <class T>
bool are_of_one_kind(const gradient_descent<T>* runs, std::size_t count,
                     const sensing_operator<T>& a) noexcept {
  const execution<T>& first = runs[0].how;
  for (std::size_t i = 0; i < count; ++i) {
    const execution<T>& how = runs[i].how;
    const sensing_operator<T>& own = runs[i].sensing;
    // Two operators of a user may share a context, or have none.
    if (own.context != a.context || own.loss_and_gradient != a.loss_and_gradient || how.kernels == nullptr ||
        how.kernels != first.kernels || how.plan.threads != first.plan.threads ||
        how.plan.shards != first.plan.shards) {
      return false;
    }
  }
  return true;
}

}  // namespace

template <class T>
status init_batch_operator(batch<T>& made, const sensing_operator<T>& a, const batch_operator<T>& sensing,
                           std::size_t needed, gradient_descent<T>* runs, std::size_t count,
                           std::byte* buffer, std::size_t bytes) noexcept {
  if (runs == nullptr || count == 0) return status::batch;
  // Before the runs are read: no array has so many.
  if (needed == SIZE_MAX) return status::size_overflow;
  if (!are_of_one_kind(runs, count, a)) return status::batch;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;

  const execution<T>& how = runs[0].how;
  const std::size_t scratch =
      sensing.scratch_bytes == nullptr ? 0 : sensing.scratch_bytes(sensing.context, count, how.plan);
  arena memory(buffer, needed);
  made = {runs, count, sensing, layout_batch<T>(memory, count, scratch), {}};
  made.how = {how.kernels, how.plan, made.memory.operator_scratch, scratch};
  return status::ok;
}

template <class T>
std::size_t step_batch(batch<T>& all) noexcept {
  batch_problem<T>* problems = all.memory.problems;
  std::size_t active = 0;
  for (std::size_t i = 0; i < all.count; ++i) {
    gradient_descent<T>& run = all.runs[i];
    if (run.report.result != outcome::running) continue;
    const factor_view<T> next = propose(run);
    problems[active] = {&run.how, next, run.y, {run.memory.gradient, next.n, next.rank, next.stride}, T(0)};
    all.memory.running[active] = i;
    ++active;
  }
  if (active > 1 && all.sensing.loss_and_gradient != nullptr) {
    all.sensing.loss_and_gradient(all.sensing.context, all.how, problems, active);
  } else {
    for (std::size_t p = 0; p < active; ++p) {
      const gradient_descent<T>& run = all.runs[all.memory.running[p]];
      problems[p].loss = run.sensing.loss_and_gradient(run.sensing.context, run.how, problems[p].factor,
                                                       run.y, problems[p].gradient);
    }
  }
  std::size_t running = 0;
  for (std::size_t p = 0; p < active; ++p) {
    gradient_descent<T>& run = all.runs[all.memory.running[p]];
    const factor_view<const T> at = problems[p].factor;
    T* next = at.data == run.memory.factor ? run.memory.factor : run.memory.candidate;
    if (decide(run, {next, at.n, at.rank, at.stride}, problems[p].loss) == outcome::running) ++running;
  }
  return running;
}

template status init_batch_operator(batch<float>&, const sensing_operator<float>&,
                                    const batch_operator<float>&, std::size_t, gradient_descent<float>*,
                                    std::size_t, std::byte*, std::size_t) noexcept;
template status init_batch_operator(batch<double>&, const sensing_operator<double>&,
                                    const batch_operator<double>&, std::size_t, gradient_descent<double>*,
                                    std::size_t, std::byte*, std::size_t) noexcept;
template std::size_t step_batch(batch<float>&) noexcept;
template std::size_t step_batch(batch<double>&) noexcept;

}  // namespace tinyrank
