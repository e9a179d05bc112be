// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <climits>

#include "lib/mpi/exchange.hpp"
#include "lib/mpi/partition.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/mpi.hpp"

namespace tinyrank::mpi {
namespace {

template <class T>
const shared_operator<T>& shared_of(const sensing_operator<T>& a) noexcept {
  return *static_cast<const shared_operator<T>*>(a.context);
}

/// What an operator cuts into shards: measurements, or masks of some.
constexpr std::size_t unit_count(std::size_t measurement_count, std::size_t together) noexcept {
  return measurement_count / together + (measurement_count % together != 0 ? 1 : 0);
}

std::size_t first_measurement(std::uint32_t shard, std::uint32_t shards, std::size_t measurement_count,
                              std::size_t together) noexcept {
  const std::size_t units = unit_count(measurement_count, together),
                    first = shard_of(shard, shards, units).first;
  return first == units ? measurement_count : first * together;
}

/// use(process, first shard, end)
template <class T, class Use>
void for_processes(const shared_operator<T>& a, Use use) noexcept {
  for_runs(a.count, a.shards, unit_count(a.measurement_count, a.together), use);
}

template <class T>
execution_plan local_plan(const shared_operator<T>& a, execution_plan plan) noexcept {
  return {plan.threads, a.own.shards};
}

/// One call of a verb: what `local` is called with, and the sum of what it leaves.
template <class T>
struct call : shared_sum<T> {
  const shared_operator<T>& a;
  workspace<T> local;
  exchange_scratch<T> scratch;
  mutable bool was_shared = false;  ///< `local` sums by shards

  call(const sensing_operator<T>& self, const workspace<T>& how, std::size_t rank) noexcept
      : a(shared_of(self)), local(how) {
    arena memory(how.scratch, how.scratch_bytes);
    local.plan = local_plan(a, how.plan);
    local.scratch_bytes = scratch_bytes(a.local, rank, local.plan);
    memory.take<std::byte>(local.scratch_bytes);
    scratch = layout_exchange_scratch<T>(memory, a.count);
    local.shared = this;
    this->first_shard = a.own.first_shard;
    this->measurement_count = a.measurement_count;
    this->add_up = add_up_nodes;
  }

  static void add_up_nodes(const shared_sum<T>& self, const workspace<T>& how, const std::size_t* slots,
                           std::size_t sets, T* const* sums, const std::size_t* counts,
                           T* const* losses) noexcept {
    const call& mine = static_cast<const call&>(self);
    const shared_operator<T>& a = mine.a;
    mine.was_shared = true;
    mine.scratch.cuts[0] = 0;
    for_processes(a,
                  [&](std::uint32_t p, std::uint32_t, std::uint32_t end) { mine.scratch.cuts[p + 1] = end; });
    for (std::size_t p = 0; p < sets; ++p) {
      const auto find = [&](std::size_t first) {
        summand<T> found{nullptr, losses[p] + (first - self.first_shard)};
        const std::size_t* slot = slots;
        for_nodes(self.first_shard, self.first_shard + how.plan.shards, [&](std::size_t node, std::size_t) {
          if (node == first) found.sum = sums[p] + *slot * counts[p];
          ++slot;
        });
        return found;
      };
      exchange(a.processes, a.rank, a.count, *how.kernels, mine.scratch, counts[p], find).run();
    }
  }

  /// Of an operator that has added up its own measurements alone: sums of processes, by the tree whose leaves
  /// they are.
  void add_up_processes(T* sum, std::size_t count, T& loss) const noexcept {
    for (std::uint32_t p = 0; p <= a.count; ++p) scratch.cuts[p] = p;
    const auto find = [&](std::size_t) { return summand<T>{sum, &loss}; };
    exchange(a.processes, a.rank, a.count, *local.kernels, scratch, count, find).run();
  }
};

template <class T>
void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
             T* y) noexcept {
  const call<T> mine(self, how, u.rank);
  const shared_operator<T>& a = mine.a;
  a.local.measure(mine.local, u, y + a.own.first);
  const bool at_once = a.measurement_count <= INT_MAX;
  for_processes(a, [&](std::uint32_t p, std::uint32_t first_shard, std::uint32_t end_shard) {
    const auto begin_of = [&](std::uint32_t shard) {
      return first_measurement(shard, a.shards, a.measurement_count, a.together);
    };
    const std::size_t first = begin_of(first_shard), end = begin_of(end_shard);
    if (at_once) {
      mine.scratch.offsets[p] = static_cast<int>(first);
      mine.scratch.counts[p] = static_cast<int>(end - first);
      return;
    }
    constexpr std::size_t most = std::size_t{1} << 28;
    for (std::size_t i = first; i < end; i += most) {
      MPI_Bcast(y + i, static_cast<int>(std::min(most, end - i)), datatype<T>(), static_cast<int>(p),
                a.processes);
    }
  });
  if (!at_once) return;
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, y, mine.scratch.counts, mine.scratch.offsets,
                 datatype<T>(), a.processes);
}

template <class T>
void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                   factor_view<const T> v, factor_view<T> out) noexcept {
  const call<T> mine(self, how, v.rank);
  mine.a.local.adjoint_times(mine.local, w + mine.a.own.first, v, out);
  T none = 0;
  if (!mine.was_shared) mine.add_up_processes(out.data, out.rank * out.stride, none);
}

template <class T>
T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                    const T* y, factor_view<T> gradient) noexcept {
  const call<T> mine(self, how, u.rank);
  const shared_operator<T>& a = mine.a;
  T loss = a.local.loss_and_gradient(mine.local, u, y + a.own.first, gradient);
  if (mine.was_shared) return loss;
  const std::size_t count = gradient.rank * gradient.stride;
  const T share = static_cast<T>(a.own.count) / static_cast<T>(a.measurement_count);
  for (std::size_t k = 0; k < count; ++k) gradient.data[k] *= share;
  loss *= share;
  mine.add_up_processes(gradient.data, count, loss);
  return loss;
}

template <class T>
void project(const sensing_operator<T>& self, factor_view<T> u) noexcept {
  shared_of(self).local.project(u);
}

template <class T>
std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
  const shared_operator<T>& a = shared_of(self);
  if (plan.shards != a.shards) return SIZE_MAX;
  return measured_bytes([&](arena& memory) {
    memory.take<std::byte>(scratch_bytes(a.local, rank, local_plan(a, plan)));
    layout_exchange_scratch<T>(memory, a.count);
  });
}

}  // namespace

part part_of(std::uint32_t rank, std::uint32_t processes, std::uint32_t shards, std::size_t measurement_count,
             std::size_t together) noexcept {
  part own;
  if (together == 0) return own;
  for_runs(processes, shards, unit_count(measurement_count, together),
           [&](std::uint32_t p, std::uint32_t first, std::uint32_t end) {
             if (p != rank) return;
             own = {first, end - first, first_measurement(first, shards, measurement_count, together), 0};
             own.count = first_measurement(end, shards, measurement_count, together) - own.first;
           });
  return own;
}

template <class T>
status make_operator(shared_operator<T>& made, const sensing_operator<T>& local, MPI_Comm processes,
                     std::uint32_t shards, std::size_t measurement_count, std::size_t together,
                     sensing_operator<T>& out) noexcept {
  int rank = 0, count = 1;
  MPI_Comm_rank(processes, &rank);
  MPI_Comm_size(processes, &count);
  made = {local,
          processes,
          static_cast<std::uint32_t>(rank),
          static_cast<std::uint32_t>(count),
          shards,
          measurement_count,
          together,
          {}};
  status own = check_plan({1, shards});
  if (own == status::ok && together == 0) own = status::measurement_count;
  if (own == status::ok) {
    made.own = part_of(made.rank, made.count, shards, measurement_count, together);
    if (local.functions.measure == nullptr || local.functions.adjoint_times == nullptr ||
        local.functions.loss_and_gradient == nullptr) {
      own = status::operator_data;
    }
    // Before anything else: nobody could make an operator of a part with nothing in it.
    if (made.own.count == 0 || made.own.count != local.measurement_count) own = status::measurement_count;
  }
  // One that refuses would leave the others waiting.
  const auto n = static_cast<long long>(local.n), m = static_cast<long long>(measurement_count);
  long long found[] = {static_cast<long long>(own), n, -n, m, -m};
  MPI_Allreduce(MPI_IN_PLACE, found, 5, MPI_LONG_LONG, MPI_MAX, processes);
  if (found[0] != 0) return static_cast<status>(found[0]);
  if (found[1] != -found[2]) return status::dimension;
  if (found[3] != -found[4]) return status::measurement_count;
  out = local;
  out.measurement_count = measurement_count;
  out.context = &made;
  out.residual_bytes = 0;
  out.functions = {bytes<T>, measure<T>, adjoint_times<T>, loss_and_gradient<T>,
                   local.functions.project != nullptr ? project<T> : nullptr};
  return status::ok;
}

template status make_operator(shared_operator<float>&, const sensing_operator<float>&, MPI_Comm,
                              std::uint32_t, std::size_t, std::size_t, sensing_operator<float>&) noexcept;
template status make_operator(shared_operator<double>&, const sensing_operator<double>&, MPI_Comm,
                              std::uint32_t, std::size_t, std::size_t, sensing_operator<double>&) noexcept;

}  // namespace tinyrank::mpi
