// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/c_api/translate.hpp"

namespace tinyrank::c_api {
namespace {

template <class T>
typename types<T>::options defaults() noexcept {
  const gradient_descent_options<T> chosen;
  typename types<T>::options o{};
  o.struct_size = sizeof o;
  o.instruction_set = static_cast<std::int32_t>(chosen.isa);
  o.seed = chosen.seed;
  o.rank = chosen.rank;
  o.step_size = chosen.step_size;
  o.initial_scale = chosen.initial_scale;
  o.tolerance = chosen.tolerance;
  o.relative_tolerance = chosen.relative_tolerance;
  o.plateau_window = chosen.plateau_window;
  o.plateau_tolerance = chosen.plateau_tolerance;
  o.iteration_limit = chosen.iteration_limit;
  o.threads = chosen.plan.threads;
  o.shards = chosen.plan.shards;
  o.damping_ratio = scaled_gradient_descent_options<T>{}.damping_ratio;
  o.momentum = momentum_options<T>{}.momentum;
  o.history = quasi_newton_options<T>{}.history;
  o.quasi_newton_damping_ratio = quasi_newton_options<T>{}.damping_ratio;
  return o;
}

}  // namespace

template <class T>
std::int32_t read_options(const typename types<T>::options* given, method_options<T>& chosen) noexcept {
  if (!is_placed(given)) return TINYRANK_STATUS_OPTIONS_NULL;
  typename types<T>::options o = defaults<T>();
  if (!read_struct(*given, o) || !is_reserved_zero(o)) return TINYRANK_STATUS_OPTIONS_SIZE;
  descent_options<T> options;
  options.rank = o.rank;
  options.step_size = o.step_size;
  options.initial_scale = o.initial_scale;
  options.seed = o.seed;
  options.initial_factor = o.initial_factor;
  options.tolerance = o.tolerance;
  options.relative_tolerance = o.relative_tolerance;
  options.plateau_window = o.plateau_window;
  options.plateau_tolerance = o.plateau_tolerance;
  options.iteration_limit = o.iteration_limit;
  options.plan = {o.threads, o.shards};
  options.isa = static_cast<instruction_set>(o.instruction_set);
  using trace = typename types<T>::trace;
  static_assert(sizeof(trace) == sizeof(trace_entry<T>) &&
                offsetof(trace, step_size) == offsetof(trace_entry<T>, step_size));
  options.trace = reinterpret_cast<trace_entry<T>*>(o.trace);
  options.trace_capacity = o.trace_capacity;
  if (o.method == nullptr) {
    chosen.choose(options);
  } else {
    o.method->choose(o, options, chosen);
  }
  return TINYRANK_OK;
}

template std::int32_t read_options<float>(const tinyrank_options_f32*, method_options<float>&) noexcept;
template std::int32_t read_options<double>(const tinyrank_options_f64*, method_options<double>&) noexcept;

}  // namespace tinyrank::c_api

#define TINYRANK_C_OPTIONS(suffix, T)                                                         \
  extern "C" void tinyrank_default_options_sized_##suffix(tinyrank_options_##suffix* options, \
                                                          std::size_t struct_size) {          \
    if (options != nullptr)                                                                   \
      tinyrank::c_api::write_struct(tinyrank::c_api::defaults<T>(), options, struct_size);    \
  }

TINYRANK_C_OPTIONS(f32, float)
TINYRANK_C_OPTIONS(f64, double)
