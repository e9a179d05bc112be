// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/c_api/read_out.hpp"
#include "lib/c_api/translate.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::c_api {
namespace {

template <class T>
descent<T>& of(typename types<T>::run* run) noexcept {
  return *reinterpret_cast<descent<T>*>(run);
}
template <class T>
const descent<T>& of(const typename types<T>::run* run) noexcept {
  return *reinterpret_cast<const descent<T>*>(run);
}

template <class T>
std::int32_t get_report(const typename types<T>::run* handle, typename types<T>::report* report) noexcept {
  if (handle == nullptr) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(report)) return TINYRANK_STATUS_OUTPUT_NULL;
  const descent<T>& run = of<T>(handle);
  const descent_report<T>& r = run.report;
  typename types<T>::report made{};
  made.outcome = static_cast<std::int32_t>(r.result);
  made.iterations = r.iterations;
  made.step_reductions = r.step_reductions;
  made.loss = r.loss;
  made.zero_loss = r.zero_loss;
  made.step_size = r.step_size;
  made.initial_scale = r.initial_scale;
  made.n = run.factor.n;
  made.rank = run.factor.rank;
  made.memory_bytes = r.arena_bytes + header_bytes<T>;
  made.instruction_set = static_cast<std::int32_t>(r.isa);
  return write_struct(made, report, report->struct_size) ? TINYRANK_OK : TINYRANK_STATUS_OUTPUT_SIZE;
}

template <class T>
const factor_view<const T>* factor_of(const typename types<T>::run* run) noexcept {
  return run == nullptr ? nullptr : &of<T>(run).factor;
}

}  // namespace
}  // namespace tinyrank::c_api

#define TINYRANK_C_RUN(suffix, T)                                                                           \
  extern "C" std::int32_t tinyrank_step_##suffix(tinyrank_run_##suffix* run) {                              \
    return static_cast<std::int32_t>(step(tinyrank::c_api::of<T>(run)));                                    \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_run_to_end_##suffix(tinyrank_run_##suffix* run) {                        \
    return static_cast<std::int32_t>(run_to_end(tinyrank::c_api::of<T>(run)));                              \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_stop_##suffix(tinyrank_run_##suffix* run) {                              \
    return static_cast<std::int32_t>(stop(tinyrank::c_api::of<T>(run)));                                    \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_get_report_##suffix(const tinyrank_run_##suffix* run,                    \
                                                       tinyrank_report_##suffix* report) {                  \
    return tinyrank::c_api::get_report<T>(run, report);                                                     \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_factor_entry_##suffix(const tinyrank_run_##suffix* run, std::size_t row, \
                                                         std::size_t column, T* value) {                    \
    return tinyrank::c_api::factor_entry(tinyrank::c_api::factor_of<T>(run), row, column, value);           \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_estimate_entry_##suffix(const tinyrank_run_##suffix* run,                \
                                                           std::size_t row, std::size_t column, T* value) { \
    return tinyrank::c_api::estimate_entry(tinyrank::c_api::factor_of<T>(run), row, column, value);         \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_copy_factor_##suffix(const tinyrank_run_##suffix* run, T* factor,        \
                                                        std::size_t count) {                                \
    return tinyrank::c_api::copy_factor(tinyrank::c_api::factor_of<T>(run), factor, count);                 \
  }                                                                                                         \
  extern "C" std::uint64_t tinyrank_factor_bits_##suffix(const tinyrank_run_##suffix* run) {                \
    return run == nullptr ? 0 : tinyrank::factor_bits(tinyrank::c_api::of<T>(run).factor);                  \
  }

TINYRANK_C_RUN(f32, float)
TINYRANK_C_RUN(f64, double)
