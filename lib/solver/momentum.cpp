// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/momentum.hpp"

#include <cstring>

#include "lib/kernels/tables.hpp"

namespace tinyrank {
namespace {

template <class T>
momentum_state<T>& state_of(descent<T>& run) noexcept {
  return *static_cast<momentum_state<T>*>(run.state);
}

}  // namespace

template <class T>
status check_momentum(const descent_options<T>& options) noexcept {
  const T theta = static_cast<const momentum_options<T>&>(options).momentum;
  return theta >= 0 && theta < 1 ? status::ok : status::momentum;
}

template <class T>
bool restart_momentum(descent<T>& run) noexcept {
  momentum_state<T>& own = state_of(run);
  // The first step after a restart goes along the gradient alone: there is nothing to forget.
  const bool moved = own.proposals > 1 && own.momentum > 0;
  own.proposals = 0;
  std::memcpy(own.previous, run.factor.data, run.factor.rank * run.factor.stride * sizeof(T));
  return moved;
}

template <class T>
void propose_momentum(descent<T>& run, factor_view<T> next) noexcept {
  momentum_state<T>& own = state_of(run);
  ++own.proposals;
  const kernel_table<T>& kernels = *run.how.kernels;
  const std::size_t count = next.rank * next.stride;
  T* gradient = run.memory.gradient;
  kernels.scaled_add(-run.report.step_size, gradient, run.factor.data, next.data, count);
  // U^+ waits where the gradient was, which nobody needs any more, until U is used.
  std::memcpy(gradient, next.data, count * sizeof(T));
  kernels.scaled_add(T(-1), gradient, own.previous, own.previous, count);
  kernels.scaled_add(-own.momentum, own.previous, next.data, next.data, count);
  std::memcpy(own.previous, gradient, count * sizeof(T));
}

template status check_momentum(const descent_options<float>&) noexcept;
template status check_momentum(const descent_options<double>&) noexcept;
template bool restart_momentum(descent<float>&) noexcept;
template bool restart_momentum(descent<double>&) noexcept;
template void propose_momentum(descent<float>&, factor_view<float>) noexcept;
template void propose_momentum(descent<double>&, factor_view<double>) noexcept;

}  // namespace tinyrank
