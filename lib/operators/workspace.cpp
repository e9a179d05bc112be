// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/tables.hpp"
#include "lib/parallel.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

status check_plan(execution_plan plan) noexcept {
  constexpr std::uint32_t most_threads = 1024, most_shards = 4096;
  if (plan.threads == 0 || plan.threads > most_threads || (plan.threads > 1 && !has_threads))
    return status::threads;
  const bool power_of_two = (plan.shards & (plan.shards - 1)) == 0;
  return plan.shards >= 1 && plan.shards <= most_shards && power_of_two ? status::ok : status::shards;
}

template <class T>
status make_workspace(workspace<T>& how, const sensing_operator<T>& a, std::size_t rank, execution_plan plan,
                      instruction_set isa, std::byte* scratch, std::size_t bytes) noexcept {
  if (rank == 0) return status::rank;
  if (const status valid = check_plan(plan); valid != status::ok) return valid;
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  const std::size_t needed = scratch_bytes(a, rank, plan);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (scratch == nullptr && needed != 0) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(scratch) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;
  how = {kernels, plan, scratch, needed};
  return status::ok;
}

template status make_workspace(workspace<float>&, const sensing_operator<float>&, std::size_t, execution_plan,
                               instruction_set, std::byte*, std::size_t) noexcept;
template status make_workspace(workspace<double>&, const sensing_operator<double>&, std::size_t,
                               execution_plan, instruction_set, std::byte*, std::size_t) noexcept;

}  // namespace tinyrank
