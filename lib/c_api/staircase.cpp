// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/c_api/staircase.hpp"

#include "lib/c_api/read_out.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::c_api {
namespace {

template <class To, class From>
To same_value(From from) noexcept {
  if constexpr (std::is_pointer_v<To>) {
    return reinterpret_cast<To>(from);
  } else {
    return static_cast<To>(from);
  }
}
struct to_c {
  template <class C, class Cpp>
  void operator()(C& c, const Cpp& cpp) const noexcept {
    c = same_value<C>(cpp);
  }
};
struct from_c {
  template <class C, class Cpp>
  void operator()(const C& c, Cpp& cpp) const noexcept {
    cpp = same_value<Cpp>(c);
  }
};

/// Every option, to C or from it. One that only staircase.hpp or only tinyrank.h has does not compile.
template <class C, class Cpp, class Copy>
constexpr void copy_options(C& c, Cpp& cpp, Copy copy) noexcept {
  auto& [rank_limit, tolerance, relative_tolerance, spent, pass_limit, history, probes, seed, plan, isa,
         trace, trace_capacity] = cpp;
  copy(c.rank_limit, rank_limit);
  copy(c.tolerance, tolerance);
  copy(c.relative_tolerance, relative_tolerance);
  copy(c.spent, spent);
  copy(c.pass_limit, pass_limit);
  copy(c.history, history);
  copy(c.probes, probes);
  copy(c.seed, seed);
  copy(c.threads, plan.threads);
  copy(c.shards, plan.shards);
  copy(c.instruction_set, isa);
  copy(c.trace, trace);
  copy(c.trace_capacity, trace_capacity);
}

/// The same of the report, to C.
template <class C, class Cpp, class Copy>
constexpr void copy_report(C& c, const Cpp& cpp, Copy copy) noexcept {
  const auto& [result, said, rank_found, passes, entries, loss, zero_loss, noise_estimate,
               smallest_eigenvalue, certificate_gap, unknowns, condition, smallest_singular_value, isa,
               arena_bytes] = cpp;
  copy(c.outcome, result);
  copy(c.verdict, said);
  copy(c.rank_found, rank_found);
  copy(c.passes, passes);
  copy(c.entries, entries);
  copy(c.loss, loss);
  copy(c.zero_loss, zero_loss);
  copy(c.noise_estimate, noise_estimate);
  copy(c.smallest_eigenvalue, smallest_eigenvalue);
  copy(c.certificate_gap, certificate_gap);
  copy(c.unknowns, unknowns);
  copy(c.condition, condition);
  copy(c.smallest_singular_value, smallest_singular_value);
  copy(c.instruction_set, isa);
  copy(c.memory_bytes, arena_bytes);
}

template <class T>
inline constexpr staircase_options<T> default_staircase{};

struct count_bytes {
  std::size_t& bytes;
  template <class C, class Cpp>
  constexpr void operator()(const C&, const Cpp&) const noexcept {
    struct field {
      C value;
    };
    bytes += sizeof(field);
  }
};

template <class Struct>
constexpr std::size_t reserved_bytes(const Struct& c) noexcept {
  std::size_t bytes = 0;
  if constexpr (requires { c.reserved; }) bytes += sizeof c.reserved;
  if constexpr (requires { c.reserved_number; }) bytes += sizeof c.reserved_number;
  if constexpr (requires { c.reserved_pointer; }) bytes += sizeof c.reserved_pointer;
  return bytes;
}

/// The structs of C are what is copied, and nothing else: no field left out, and no padding, which an older
/// caller would leave as it is where a newer one has a field; there is `reserved` instead.
template <class T>
constexpr bool names_every_field() noexcept {
  typename types<T>::staircase_options options{};
  typename types<T>::staircase_report report{};
  std::size_t of_options = sizeof options.struct_size + reserved_bytes(options);
  std::size_t of_report = sizeof report.struct_size + sizeof report.n + reserved_bytes(report);
  copy_options(options, default_staircase<T>, count_bytes{of_options});
  copy_report(report, staircase_report<T>{}, count_bytes{of_report});
  return of_options == sizeof options && of_report == sizeof report;
}
static_assert(names_every_field<float>() && names_every_field<double>());

template <class T>
typename types<T>::staircase_options staircase_defaults() noexcept {
  typename types<T>::staircase_options c{};
  copy_options(c, default_staircase<T>, to_c{});
  return c;
}

template <class T>
std::int32_t read_staircase_options(const typename types<T>::staircase_options* given,
                                    typename types<T>::staircase_options& known) noexcept {
  using entry = typename types<T>::staircase_entry;
  static_assert(sizeof(entry) == sizeof(staircase_entry<T>) &&
                offsetof(entry, rank) == offsetof(staircase_entry<T>, rank) &&
                offsetof(entry, loss) == offsetof(staircase_entry<T>, loss));
  if (!is_placed(given)) return TINYRANK_STATUS_OPTIONS_NULL;
  known = staircase_defaults<T>();
  const bool read = read_struct(*given, known) && is_reserved_zero(known);
  return read ? TINYRANK_OK : TINYRANK_STATUS_OPTIONS_SIZE;
}

template <class T>
staircase_options<T> in_cpp(const typename types<T>::staircase_options& c) noexcept {
  // Of constants alone it would be the copy of a constant without a name, which the linker could not leave
  // out of programs that make no staircase.
  staircase_options<T> options{.rank_limit = c.rank_limit};
  copy_options(c, options, from_c{});
  return options;
}

/// Bytes of a run whose options were read; what of them decides the size is checked here.
template <class T>
std::int32_t needed_by_staircase(const any_sensing<T>& a, const staircase_options<T>& options,
                                 std::size_t& needed) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return TINYRANK_STATUS_DIMENSION;
  if (a.measurement_count == 0) return TINYRANK_STATUS_MEASUREMENT_COUNT;
  if (options.rank_limit > a.n) return TINYRANK_STATUS_RANK;
  if (const status plan = check_plan(options.plan); plan != status::ok)
    return static_cast<std::int32_t>(plan);
  const std::size_t arena_bytes = staircase_bytes(a, options);
  if (arena_bytes > SIZE_MAX - staircase_header_bytes<T>) return TINYRANK_STATUS_SIZE_OVERFLOW;
  needed = staircase_header_bytes<T> + arena_bytes;
  return TINYRANK_OK;
}

template <class T>
staircase<T>& staircase_of(typename types<T>::staircase* run) noexcept {
  return *reinterpret_cast<staircase<T>*>(run);
}
template <class T>
const staircase<T>* staircase_of(const typename types<T>::staircase* run) noexcept {
  return reinterpret_cast<const staircase<T>*>(run);
}
template <class T>
const factor_view<const T>* staircase_factor(const typename types<T>::staircase* run) noexcept {
  return run == nullptr ? nullptr : &staircase_of<T>(run)->factor;
}

template <class T>
std::int32_t get_staircase_report(const typename types<T>::staircase* handle,
                                  typename types<T>::staircase_report* report) noexcept {
  if (handle == nullptr) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(report)) return TINYRANK_STATUS_OUTPUT_NULL;
  const staircase<T>& run = *staircase_of<T>(handle);
  typename types<T>::staircase_report made{};
  copy_report(made, run.report, to_c{});
  made.n = run.factor.n;
  made.memory_bytes += staircase_header_bytes<T>;
  return write_struct(made, report, report->struct_size) ? TINYRANK_OK : TINYRANK_STATUS_OUTPUT_SIZE;
}

/// Of `directions` or `freedom`.
template <class T>
std::int32_t copy_answer(const typename types<T>::staircase* handle,
                         factor_view<const T> staircase<T>::*which, T* copy, std::size_t count) noexcept {
  const staircase<T>* run = staircase_of<T>(handle);
  if (run != nullptr && copy != nullptr && (run->*which).rank == 0) return TINYRANK_STATUS_NO_VERDICT;
  return copy_factor(run == nullptr ? nullptr : &(run->*which), copy, count);
}

}  // namespace

template <class T>
std::size_t bytes_of_staircase(const any_sensing<T>& a,
                               const typename types<T>::staircase_options* given) noexcept {
  typename types<T>::staircase_options known;
  std::size_t needed = SIZE_MAX;
  if (read_staircase_options<T>(given, known) != TINYRANK_OK) return SIZE_MAX;
  return needed_by_staircase(a, in_cpp<T>(known), needed) == TINYRANK_OK ? needed : SIZE_MAX;
}

/// The run is made where it stays, for a second one would be too much for a small stack.
template <class T>
std::int32_t create_staircase(typename types<T>::staircase** out, const any_sensing<T>& a, const T* y,
                              const typename types<T>::staircase_options* given, void* memory,
                              std::size_t size) noexcept {
  typename types<T>::staircase_options known;
  if (const std::int32_t read = read_staircase_options<T>(given, known); read != TINYRANK_OK) return read;
  const staircase_options<T> options = in_cpp<T>(known);
  std::size_t needed = 0;
  if (const std::int32_t sized = needed_by_staircase(a, options, needed); sized != TINYRANK_OK) return sized;
  if (memory == nullptr) return TINYRANK_STATUS_MEMORY_NULL;
  if (reinterpret_cast<std::uintptr_t>(memory) % arena_alignment != 0)
    return TINYRANK_STATUS_MEMORY_MISALIGNED;
  if (size < needed) return TINYRANK_STATUS_MEMORY_TOO_SMALL;

  auto& run = *static_cast<staircase<T>*>(memory);
  auto* start = static_cast<std::byte*>(memory);
  const status made =
      init(run, a, y, options, start + staircase_header_bytes<T>, size - staircase_header_bytes<T>);
  if (made != status::ok) return static_cast<std::int32_t>(made);
  // The operator refers to its descriptor; a refused call would not have left it there.
  run.inner.sensing.context = std::memcpy(start + sizeof run, a.sensing, a.sensing_bytes);
  *out = reinterpret_cast<typename types<T>::staircase*>(memory);
  return TINYRANK_OK;
}

#define TINYRANK_C_MADE(T)                                                                          \
  template std::size_t bytes_of_staircase<T>(const any_sensing<T>&,                                 \
                                             const types<T>::staircase_options*) noexcept;          \
  template std::int32_t create_staircase<T>(types<T>::staircase**, const any_sensing<T>&, const T*, \
                                            const types<T>::staircase_options*, void*,              \
                                            std::size_t) noexcept;
TINYRANK_C_MADE(float)
TINYRANK_C_MADE(double)

}  // namespace tinyrank::c_api

#define TINYRANK_C_STAIRCASE(suffix, T)                                                                      \
  extern "C" void tinyrank_default_staircase_options_sized_##suffix(                                         \
      tinyrank_staircase_options_##suffix* options, std::size_t struct_size) {                               \
    if (options != nullptr)                                                                                  \
      tinyrank::c_api::write_struct(tinyrank::c_api::staircase_defaults<T>(), options, struct_size);         \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_step_##suffix(tinyrank_staircase_##suffix* run) {               \
    return static_cast<std::int32_t>(step(tinyrank::c_api::staircase_of<T>(run)));                           \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_run_to_end_##suffix(tinyrank_staircase_##suffix* run) {         \
    return static_cast<std::int32_t>(run_to_end(tinyrank::c_api::staircase_of<T>(run)));                     \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_stop_##suffix(tinyrank_staircase_##suffix* run) {               \
    return static_cast<std::int32_t>(stop(tinyrank::c_api::staircase_of<T>(run)));                           \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_get_report_##suffix(                                            \
      const tinyrank_staircase_##suffix* run, tinyrank_staircase_report_##suffix* report) {                  \
    return tinyrank::c_api::get_staircase_report<T>(run, report);                                            \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_factor_entry_##suffix(                                          \
      const tinyrank_staircase_##suffix* run, std::size_t row, std::size_t column, T* value) {               \
    return tinyrank::c_api::factor_entry(tinyrank::c_api::staircase_factor<T>(run), row, column, value);     \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_estimate_entry_##suffix(                                        \
      const tinyrank_staircase_##suffix* run, std::size_t row, std::size_t column, T* value) {               \
    return tinyrank::c_api::estimate_entry(tinyrank::c_api::staircase_factor<T>(run), row, column, value);   \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_copy_factor_##suffix(const tinyrank_staircase_##suffix* run,    \
                                                                  T* factor, std::size_t count) {            \
    return tinyrank::c_api::copy_factor(tinyrank::c_api::staircase_factor<T>(run), factor, count);           \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_copy_directions_##suffix(                                       \
      const tinyrank_staircase_##suffix* run, T* directions, std::size_t count) {                            \
    return tinyrank::c_api::copy_answer(run, &tinyrank::staircase<T>::directions, directions, count);        \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_staircase_copy_freedom_##suffix(const tinyrank_staircase_##suffix* run,   \
                                                                   T* freedom, std::size_t count) {          \
    return tinyrank::c_api::copy_answer(run, &tinyrank::staircase<T>::freedom, freedom, count);              \
  }                                                                                                          \
  extern "C" std::uint64_t tinyrank_staircase_factor_bits_##suffix(const tinyrank_staircase_##suffix* run) { \
    return run == nullptr ? 0 : tinyrank::factor_bits(*tinyrank::c_api::staircase_factor<T>(run));           \
  }

TINYRANK_C_STAIRCASE(f32, float)
TINYRANK_C_STAIRCASE(f64, double)
