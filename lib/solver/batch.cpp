// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/batch.hpp"

#include "lib/parallel.hpp"
#include "lib/solver/iteration.hpp"

namespace tinyrank {
namespace {

template <class T>
bool are_of_one_kind(const descent<T>* runs, std::size_t count, const sensing_operator<T>& a) noexcept {
  const workspace<T>& first = runs[0].how;
  for (std::size_t i = 0; i < count; ++i) {
    const workspace<T>& how = runs[i].how;
    const sensing_operator<T>& own = runs[i].sensing;
    // Two operators of a user may share a context, or have none.
    if (own.context != a.context || own.functions.measure != a.functions.measure ||
        own.functions.loss_and_gradient != a.functions.loss_and_gradient || how.kernels == nullptr ||
        how.kernels != first.kernels || how.plan.threads != first.plan.threads ||
        how.plan.shards != first.plan.shards) {
      return false;
    }
  }
  return true;
}

/// Of `active` problems like this one, those that are taken whole, one on each thread: a multiple of the
/// threads, so that none is idle while the rest is done by all threads together.
template <class T>
std::size_t taken_whole(const batch<T>& all, const descent<T>& run, std::size_t active) noexcept {
  const std::size_t each = run.sensing.measurement_count * run.factor.rank;
  const std::uint32_t threads = workers_for(all.how.plan, each * active);
  return has_threads && all.sensing.concurrent && threads > 1 ? active / threads * threads : 0;
}

/// A step of one run by so many threads.
template <class T>
void step_alone(descent<T>& run, std::uint32_t threads) noexcept {
  const std::uint32_t own = run.how.plan.threads;
  run.how.plan.threads = threads;
  step(run);
  run.how.plan.threads = own;
}

/// A step of several runs, their gradients together.
template <class T>
void step_together(batch<T>& all, std::size_t count) noexcept {
  batch_problem<T>* problems = all.memory.problems;
  for (std::size_t p = 0; p < count; ++p) {
    descent<T>& run = all.runs[all.memory.running[p]];
    const factor_view<T> next = propose(run);
    problems[p] = {&run.how, next, run.y, {run.memory.gradient, next.n, next.rank, next.stride}, T(0)};
  }
  all.sensing.loss_and_gradient(all.sensing.context, all.how, problems, count);
  for (std::size_t p = 0; p < count; ++p) {
    descent<T>& run = all.runs[all.memory.running[p]];
    const factor_view<const T> at = problems[p].factor;
    T* next = at.data == run.memory.factor ? run.memory.factor : run.memory.candidate;
    decide(run, {next, at.n, at.rank, at.stride}, problems[p].loss);
  }
}

}  // namespace

template <class T>
status init_batch_operator(batch<T>& made, const sensing_operator<T>& a, const batch_operator<T>& sensing,
                           std::size_t needed, descent<T>* runs, std::size_t count, std::byte* buffer,
                           std::size_t bytes) noexcept {
  if (runs == nullptr || count == 0) return status::batch;
  // Before the runs are read: no array has so many.
  if (needed == SIZE_MAX) return status::size_overflow;
  if (!are_of_one_kind(runs, count, a)) return status::batch;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;

  const workspace<T>& how = runs[0].how;
  const std::size_t scratch =
      sensing.scratch_bytes == nullptr ? 0 : sensing.scratch_bytes(sensing.context, count, how.plan);
  arena memory(buffer, needed);
  made = {runs, count, sensing, layout_batch<T>(memory, count, scratch), {}};
  made.how = {how.kernels, how.plan, made.memory.operator_scratch, scratch};
  return status::ok;
}

template <class T>
std::size_t step_batch(batch<T>& all) noexcept {
  const auto is_running = [&](std::size_t i) { return all.runs[i].report.result == outcome::running; };
  const auto shares = [&](std::size_t i) { return all.runs[i].method->evaluate == nullptr; };
  // Runs whose method evaluates the loss in a way of its own come last.
  std::size_t sharing = 0;
  for (std::size_t i = 0; i < all.count; ++i) {
    if (is_running(i) && shares(i)) all.memory.running[sharing++] = i;
  }
  std::size_t active = sharing;
  for (std::size_t i = 0; i < all.count; ++i) {
    if (is_running(i) && !shares(i)) all.memory.running[active++] = i;
  }
  if (active == 0) return 0;
  std::size_t together = 0;
  if (sharing > 1 && all.sensing.loss_and_gradient != nullptr) {
    together = sharing;
    step_together(all, together);
  }
  const auto run = [&](std::size_t p) -> descent<T>& { return all.runs[all.memory.running[together + p]]; };
  const std::size_t rest = active - together;
  const std::size_t whole = rest == 0 ? 0 : taken_whole(all, run(0), rest);
  parallel_for(worker_count(all.how.plan), whole,
               [&](std::size_t p, std::uint32_t) { step_alone(run(p), 1); });
  for (std::size_t p = whole; p < rest; ++p) step_alone(run(p), all.how.plan.threads);

  std::size_t running = 0;
  for (std::size_t p = 0; p < active; ++p) running += is_running(all.memory.running[p]) ? 1u : 0u;
  return running;
}

template status init_batch_operator(batch<float>&, const sensing_operator<float>&,
                                    const batch_operator<float>&, std::size_t, descent<float>*, std::size_t,
                                    std::byte*, std::size_t) noexcept;
template status init_batch_operator(batch<double>&, const sensing_operator<double>&,
                                    const batch_operator<double>&, std::size_t, descent<double>*, std::size_t,
                                    std::byte*, std::size_t) noexcept;
template std::size_t step_batch(batch<float>&) noexcept;
template std::size_t step_batch(batch<double>&) noexcept;

}  // namespace tinyrank
