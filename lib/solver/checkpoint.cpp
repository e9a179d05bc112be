// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/checkpoint.hpp"

#include "lib/solver/exploring.hpp"
#include "lib/solver/iteration.hpp"
#include "lib/solver/saved_run.hpp"

namespace tinyrank {
namespace {

constexpr char magic[8] = {'t', 'i', 'n', 'y', 'r', 'a', 'n', 'k'};
constexpr std::uint32_t layout_version = 3;
constexpr std::size_t checksum_bytes = sizeof(std::uint64_t);

/// Of whom a run is, by hashes; in the order in which a difference is told.
struct identity {
  std::uint64_t kind = 0, sizes = 0, options = 0, measurements = 0;
};

struct header {
  char name[8];
  std::uint32_t version;
  std::uint32_t byte_order;
  std::uint64_t bytes;  ///< all of them, with header and checksum
  std::uint64_t least_limit;
  identity of;
};

template <class T>
std::uint64_t kind_of(std::uint32_t kind, const char* method) noexcept {
  const std::uint32_t real = sizeof(T), address = sizeof(void*);
  return hash_bytes(method, std::strlen(method), hash_of(kind, real, address));
}

template <class T>
identity identity_of(const descent<T>& run) noexcept {
  const descent_options<T>& options = run.options;
  const std::size_t m = run.sensing.measurement_count;
  const bool starts_given = options.initial_factor != nullptr;
  return {kind_of<T>(1, run.method->name),
          hash_of(run.sensing.n, m, options.rank, options.plan.shards, run.method->state_values,
                  run.method->state_lines),
          hash_of(options.step_size, options.initial_scale, options.law, options.seed, starts_given,
                  options.tolerance, options.relative_tolerance, options.plateau_window,
                  options.plateau_tolerance),
          hash_bytes(run.y, m * sizeof(T))};
}

template <class T>
std::uint64_t sizes_of_staircase(const staircase<T>& run) noexcept {
  const staircase_columns& columns = run.columns;
  const sensing_operator<T>& a = run.inner.sensing;
  return hash_of(a.n, a.measurement_count, a.shape.kind, columns.factor, columns.probes, columns.block,
                 columns.blocks, columns.krylov, columns.small, run.options.history, run.options.plan.shards);
}

template <class T>
std::uint64_t options_of_staircase(const staircase_options<T>& options) noexcept {
  return hash_of(options.tolerance, options.relative_tolerance, options.spent, options.seed);
}

template <class T>
identity identity_of(const staircase<T>& run) noexcept {
  return {kind_of<T>(2, "staircase"), sizes_of_staircase(run), options_of_staircase(run.options),
          hash_bytes(run.inner.y, run.inner.sensing.measurement_count * sizeof(T))};
}

template <class T>
identity identity_of(const recovery<T>& run) noexcept {
  const recovery_options<T>& options = run.options;
  const std::size_t m = run.memory.scaling->measurement_count;
  return {
      kind_of<T>(3, "recovery"),
      hash_of(sizes_of_staircase(run.stairs), run.sizes.columns, run.sizes.explored, options.loss),
      hash_of(options_of_staircase<T>(options), options.explore, options.huber_delta, options.held_out_share),
      hash_bytes(run.memory.base, m * sizeof(T), hash_bytes(run.y, m * sizeof(T)))};
}

// The least limit of iterations or passes with which a run comes to where it is, and the run's own.

template <class T>
std::uint32_t least_limit(const descent<T>& run) noexcept {
  return run.report.iterations;
}
template <class Staircase>
std::uint32_t least_limit(const Staircase& run) noexcept {
  return run.report.result == outcome::running ? run.report.passes + 1 : 0;
}
template <class T>
std::uint32_t limit_of(const descent<T>& run) noexcept {
  return run.options.iteration_limit;
}
template <class Staircase>
std::uint32_t limit_of(const Staircase& run) noexcept {
  return run.options.pass_limit;
}

template <class T>
bool can_be_saved(const staircase<T>&) noexcept {
  return true;
}
template <class T>
bool can_be_saved(const recovery<T>&) noexcept {
  return true;
}

template <class T>
bool is_same(T a, T b) noexcept {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

// Whether the loss where the run stands is the one that was saved. They overwrite gradients.

template <class T>
bool has_same_loss(descent<T>& run) noexcept {
  return is_same(evaluate(run, run.factor), run.report.loss);
}

template <class T>
bool has_same_loss(staircase<T>& run) noexcept {
  const factor_view<const T> u = run.inner.factor;
  if (u.rank == 0) return true;
  T* const gradient = run.inner.memory.gradient;
  const T loss =
      run.inner.sensing.loss_and_gradient(run.inner.how, u, run.inner.y, {gradient, u.n, u.rank, u.stride});
  return is_same(loss, run.inner.report.loss);
}

/// Where weights have changed since, the loss is not at hand.
template <class T>
bool has_same_loss(recovery<T>& run) noexcept {
  if (run.phase == recovery_phase::explore) return has_same_loss(run.wide);
  const bool has_loss = run.phase == recovery_phase::climb || run.phase == recovery_phase::refine ||
                        run.phase == recovery_phase::conclude;
  return is_robust(run) || !has_loss || has_same_loss(run.stairs);
}

template <class T>
void carry(carrier& c, staircase<T>& run) noexcept {
  std::byte* const end = reinterpret_cast<std::byte*>(run.memory.kept) + run.report.arena_bytes;
  place_list places;
  add_places(places, run, end);
  carry_staircase(c, run, places, end);
}

/// Whether the columns that explore are still needed.
template <class T>
bool has_wide(const recovery<T>& run) noexcept {
  const bool refines = run.phase == recovery_phase::candidate || run.phase == recovery_phase::refine;
  return run.phase == recovery_phase::explore || (run.report.explored && refines);
}

template <class T>
void carry(carrier& c, recovery<T>& run) noexcept {
  const recovery_memory<T>& memory = run.memory;
  const std::size_t n = run.stairs.inner.sensing.n, m = memory.scaling->measurement_count;
  std::byte* const stairs_end = memory.stairs + run.sizes.stairs;
  carry_report(c, run.report);
  c(run.phase, run.first, run.lines, run.line, run.is_at_answer, run.held_out, run.is_on_detour,
    run.starts_again, run.rounds, run.is_cleaned, run.is_settled, run.climbs, run.redescends, run.threshold,
    run.least_threshold);
  std::uint32_t is_scaled = memory.scaling->scale != nullptr ? 1 : 0,
                sees_scaled = run.stairs.inner.y == memory.scaled_y ? 1 : 0,
                traces = run.stairs.options.trace_capacity != 0 ? 1 : 0, passes = *memory.passes;
  c(is_scaled, sees_scaled, traces, passes);
  T* const blocks[] = {memory.scale, memory.scaled_y, memory.used, memory.residual, memory.kept_residual};
  for (T* block : blocks) c.array(block, m);
  c.array(memory.answer, 3 * run.sizes.columns * padded<T>(n));
  if (c.reads()) {
    memory.scaling->scale = is_scaled != 0 ? memory.scale : nullptr;
    run.stairs.inner.y = sees_scaled != 0 ? memory.scaled_y : run.y;
  }
  place_list places;
  add_places(places, run.stairs, stairs_end);
  carry_staircase(c, run.stairs, places, stairs_end);
  // Behind them, for what explores is told by all that was.
  if (has_wide(run) && !c.failed()) {
    if (c.reads() && !begin_exploring(run)) return c.fail();
    carry(c, run.wide);
    const std::size_t columns = run.wide.factor.rank * padded<T>(n);
    // They begin at another factor.
    c.array(run.wide.memory.gradient, columns);
    places.add(run.wide.memory.factor, columns);
    places.add(run.wide.memory.candidate, columns);
  }
  places.add(memory.answer, 3 * run.sizes.columns * padded<T>(n));
  factor_view<const T>* const views[] = {&run.factor, &run.directions, &run.freedom, &run.first_factor};
  for (factor_view<const T>* view : views) carry_view(c, *view, places, n);
  if (!c.reads()) return;
  *memory.passes = passes;
  run.stairs.options.trace = run.options.trace;
  run.stairs.options.trace_capacity = traces != 0 ? run.options.trace_capacity : 0;
}

/// The same for writing, which changes nothing.
template <class Run>
void carry_out(carrier& c, const Run& run) noexcept {
  carry(c, const_cast<Run&>(run));
}

template <class Run>
std::size_t count_bytes(const Run& run) noexcept {
  if (!can_be_saved(run)) return 0;
  carrier counting;
  carry_out(counting, run);
  return sizeof(header) + counting.used() + checksum_bytes;
}

template <class Run>
std::size_t save_run(const Run& run, std::byte* out, std::size_t bytes) noexcept {
  const std::size_t all = count_bytes(run), payload = all - checksum_bytes;
  if (all == 0 || out == nullptr || bytes < all) return 0;
  header front{};
  std::memcpy(front.name, magic, sizeof magic);
  front.version = layout_version;
  front.byte_order = 1;
  front.bytes = all;
  front.least_limit = least_limit(run);
  front.of = identity_of(run);
  std::memcpy(out, &front, sizeof front);
  carrier writing(out + sizeof front, payload - sizeof front);
  carry_out(writing, run);
  const std::uint64_t sum = hash_bytes(out, payload);
  std::memcpy(out + payload, &sum, sizeof sum);
  return all;
}

template <class Run>
restored check(const Run& run, const std::byte* saved, std::size_t bytes) noexcept {
  if (saved == nullptr || bytes < sizeof(header) + checksum_bytes) return restored::damaged;
  header front;
  std::memcpy(&front, saved, sizeof front);
  std::uint64_t sum = 0;
  std::memcpy(&sum, saved + bytes - checksum_bytes, sizeof sum);
  if (std::memcmp(front.name, magic, sizeof magic) != 0 || front.bytes != bytes ||
      sum != hash_bytes(saved, bytes - checksum_bytes))
    return restored::damaged;
  if (front.version != layout_version) return restored::version;
  const identity own = identity_of(run);
  if (front.byte_order != 1 || front.of.kind != own.kind || !can_be_saved(run)) return restored::kind;
  if (front.of.sizes != own.sizes) return restored::sizes;
  if (front.of.options != own.options || front.least_limit > limit_of(run)) return restored::options;
  return front.of.measurements == own.measurements ? restored::ok : restored::measurements;
}

template <class Run>
restored restore_run(Run& run, const std::byte* saved, std::size_t bytes) noexcept {
  if (const restored refused = check(run, saved, bytes); refused != restored::ok) return refused;
  const std::byte* const values = saved + sizeof(header);
  const std::size_t count = bytes - sizeof(header) - checksum_bytes;
  carrier reading(values, count);
  carry(reading, run);
  if (reading.failed() || reading.used() != count) return restored::sensing;
  if (!has_same_loss(run)) return restored::sensing;
  // Once more over what the loss has overwritten; but a descent's gradient is not saved.
  if constexpr (!requires { run.method; }) {
    carrier again(values, count);
    carry(again, run);
  }
  return restored::ok;
}

}  // namespace

const char* to_string(restored value) noexcept {
  switch (value) {
    case restored::ok:
      return "restored";
    case restored::damaged:
      return "no saved run, or a damaged one";
    case restored::version:
      return "saved by another version";
    case restored::kind:
      return "a run by another method or in another precision";
    case restored::sizes:
      return "a run of another size";
    case restored::options:
      return "a run with other options";
    case restored::measurements:
      return "a run with other measurements";
    case restored::sensing:
      return "a run with other sensing matrices";
  }
  return "unknown";
}

#define TINYRANK_SAVED_RUNS(run_of, T)                                                   \
  template <>                                                                            \
  std::size_t saved_bytes(const run_of<T>& run) noexcept {                               \
    return count_bytes(run);                                                             \
  }                                                                                      \
  template <>                                                                            \
  std::size_t save(const run_of<T>& run, std::byte* out, std::size_t bytes) noexcept {   \
    return save_run(run, out, bytes);                                                    \
  }                                                                                      \
  template <>                                                                            \
  restored restore(run_of<T>& run, const std::byte* saved, std::size_t bytes) noexcept { \
    return restore_run(run, saved, bytes);                                               \
  }
TINYRANK_SAVED_RUNS(descent, float)
TINYRANK_SAVED_RUNS(descent, double)
TINYRANK_SAVED_RUNS(staircase, float)
TINYRANK_SAVED_RUNS(staircase, double)
TINYRANK_SAVED_RUNS(recovery, float)
TINYRANK_SAVED_RUNS(recovery, double)
#undef TINYRANK_SAVED_RUNS

}  // namespace tinyrank
