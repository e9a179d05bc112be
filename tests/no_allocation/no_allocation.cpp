// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Replaces the C library's allocator by a bump allocator that counts, and C++'s operators in terms of it.

#include <dlfcn.h>
#include <link.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "catalogue/operators.hpp"
#include "lib/kernels/tables.hpp"
#include "lib/parallel.hpp"
#include "tests/common/emulated.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/phases.hpp"
#include "tinyrank/recovery.hpp"
#include "tinyrank/restricted_isometry.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/staircase.hpp"
#include "tinyrank/subspaces.hpp"

namespace {

std::atomic<unsigned long> calls{0};
std::atomic<unsigned long> calls_of_openmp{0};

/// Where OpenMP's run-time library lies; nowhere until it was looked up.
std::uintptr_t openmp_first = 1, openmp_last = 0;

void note(const void* caller) {
  const auto address = reinterpret_cast<std::uintptr_t>(caller);
  ++(address >= openmp_first && address <= openmp_last ? calls_of_openmp : calls);
}

#ifdef _OPENMP
int find_openmp(dl_phdr_info* object, std::size_t, void*) {
  // The next one after this program's own, which may be a jump to it.
  const auto wanted = reinterpret_cast<std::uintptr_t>(dlsym(RTLD_NEXT, "omp_get_max_threads"));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    const std::uintptr_t first = object->dlpi_addr + segment.p_vaddr, last = first + segment.p_memsz;
    if (segment.p_type != PT_LOAD || wanted < first || wanted >= last) continue;
    openmp_first = first;
    openmp_last = last;
    return 1;
  }
  return 0;
}
#endif

alignas(64) std::byte heap[std::size_t{64} << 20];
std::atomic<std::size_t> heap_used{0};

/// The size stands before the block, for realloc.
void* allocate(std::size_t bytes, std::size_t alignment) {
  constexpr std::size_t header = 64;
  const std::size_t room = header + (bytes + alignment + header - 1) / header * header;
  const std::size_t start = heap_used.fetch_add(room);
  if (bytes > sizeof heap || start + room > sizeof heap) return nullptr;
  const auto first = reinterpret_cast<std::uintptr_t>(heap + start + header);
  const std::size_t shift = (alignment - first % alignment) % alignment;
  std::byte* block = heap + start + header + shift;
  std::memcpy(block - sizeof bytes, &bytes, sizeof bytes);
  return block;
}

void* allocate_or_die(std::size_t bytes, std::size_t alignment) {
  void* block = allocate(bytes, alignment);
  if (block == nullptr) std::_Exit(3);
  return block;
}

}  // namespace

extern "C" {
void* malloc(std::size_t bytes) {
  note(__builtin_return_address(0));
  return allocate(bytes, 16);
}
void free(void* block) {
  if (block != nullptr) note(__builtin_return_address(0));
}
void* calloc(std::size_t count, std::size_t size) {
  note(__builtin_return_address(0));
  if (size != 0 && count > sizeof heap / size) return nullptr;
  return allocate(count * size, 16);  // the heap starts zeroed, and nothing is used twice
}
void* realloc(void* old, std::size_t bytes) {
  note(__builtin_return_address(0));
  void* block = allocate(bytes, 16);
  if (old != nullptr && block != nullptr) {
    std::size_t before;
    std::memcpy(&before, static_cast<std::byte*>(old) - sizeof before, sizeof before);
    std::memcpy(block, old, before < bytes ? before : bytes);
  }
  return block;
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  note(__builtin_return_address(0));
  return allocate(bytes, alignment);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  note(__builtin_return_address(0));
  return allocate(bytes, alignment);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  note(__builtin_return_address(0));
  *out = allocate(bytes, alignment);
  return *out == nullptr ? ENOMEM : 0;
}
}

void* operator new(std::size_t bytes) {
  note(__builtin_return_address(0));
  return allocate_or_die(bytes, 16);
}
void* operator new[](std::size_t bytes) {
  note(__builtin_return_address(0));
  return allocate_or_die(bytes, 16);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  note(__builtin_return_address(0));
  return allocate_or_die(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete[](void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  std::free(block);
}

namespace {

using namespace tinyrank;

constexpr std::size_t most_n = 20, most_m = 60, rank = 3;
template <class Row>
constexpr std::size_t row_n = Row::nearest_n(most_n);
template <class Row>
constexpr std::size_t row_m = Row::most_measurements(row_n<Row>) < most_m ? Row::most_measurements(row_n<Row>)
                                                                          : most_m;
int failures = 0;

void expect(bool good, const char* what) {
  if (good) return;
  ++failures;
  std::fprintf(stderr, "failed: %s\n", what);
}

template <class T>
struct problem {
  static constexpr std::size_t bytes = catalogue::largest_of_operators([](auto row) {
    using Row = decltype(row);
    return catalogue::storage_bytes<Row, T>(row_n<Row>, row_m<Row>);
  });
  alignas(64) std::byte operator_data[bytes];
  T y[most_m];
  trace_entry<T> trace[8];
  alignas(64) T cells[factor_count<T>(most_n, rank)];
  alignas(64) std::byte arena[1 << 20];
  staircase_entry<T> passes[8];
  staircase<T> found;
  T weights[most_m];
  recovery<T> explored;
};
template <class T>
problem<T> storage;

/// To a verdict: through every phase.
template <class T, class Sensing>
bool use_staircase(const Sensing& a, execution_plan plan, instruction_set isa) {
  problem<T>& p = storage<T>;
  staircase_options<T> options;
  options.rank_limit = 5;
  options.plan = plan;
  options.isa = isa;
  options.trace = p.passes;
  options.trace_capacity = 8;
  staircase<T>& run = p.found;
  if (init(run, a, p.y, options, p.arena, sizeof p.arena) != status::ok) return false;
  for (int pass = 0; pass < 10; ++pass) step(run);
  run_to_end(run);
  return run.report.verdict != verdict::none && run.report.rank_found != 0 && run.report.passes > 10 &&
         stop(run) != outcome::stopped;
}

/// With weights, and columns that explore at once; or with a robust loss, which weighs anew and climbs again.
template <class T, class Sensing>
bool use_recovery(const Sensing& a, robust_loss loss, execution_plan plan, instruction_set isa) {
  problem<T>& p = storage<T>;
  for (std::size_t i = 0; i < a.measurement_count; ++i) p.weights[i] = i % 3 == 0 ? T(0.25) : T(1);
  recovery_options<T> options;
  options.rank_limit = 5;
  options.explore = loss == robust_loss::squared ? exploration::at_once : exploration::when_needed;
  options.loss = loss;
  options.weights = p.weights;
  options.pass_limit = 700;
  options.plan = plan;
  options.isa = isa;
  options.trace = p.passes;
  options.trace_capacity = 8;
  recovery<T>& run = p.explored;
  if (recovery_bytes(a, options) > sizeof p.arena ||
      init(run, a, p.y, options, p.arena, sizeof p.arena) != status::ok)
    return false;
  for (int pass = 0; pass < 10; ++pass) step(run);
  run_to_end(run);
  const bool went_all_the_way = loss == robust_loss::squared ? run.report.explored : run.is_cleaned;
  return went_all_the_way && run.report.passes > 10 && stop(run) != outcome::stopped;
}

/// Draws, measures, runs and judges with one operator.
template <class T, class Sensing>
bool use(const Sensing& a, std::uint32_t threads, instruction_set isa) {
  problem<T>& p = storage<T>;
  sensing_operator<T> table;
  if (make_operator(a, table) != status::ok) return false;
  const factor_view<T> truth{p.cells, a.n, rank, padded<T>(a.n)};
  draw_planted_truth(truth, T(2), 1);
  const execution_plan plan{threads, 16};
  const std::size_t bytes = scratch_bytes(table, rank, plan);
  if (bytes > sizeof p.arena) return false;
  const workspace<T> how{find_kernels<T>(isa), plan, p.arena, bytes};
  table.measure(how, truth, p.y);
  alignas(64) static T image[factor_count<T>(most_n, rank)];
  table.adjoint_times(how, p.y, truth, {image, a.n, rank, truth.stride});

  gradient_descent_options<T> options;
  options.rank = rank;
  options.plan = plan;
  options.isa = isa;
  options.trace = p.trace;
  options.trace_capacity = 8;
  options.iteration_limit = 30;
  descent<T> run;
  if (init(run, a, p.y, options, p.arena, sizeof p.arena) != status::ok) return false;
  for (int t = 0; t < 10; ++t) step(run);
  run_to_end(run);
  static double work[most_n * rank], sigma[rank];
  singular_values(run.factor, work, sigma);

  alignas(64) static std::byte work_room[1 << 20];
  spectral_options<T> spectral;
  spectral.plan = plan;
  spectral.isa = isa;
  spectral_result<T> leading;
  isometry_options<T> isometry;
  isometry.plan = plan;
  isometry.isa = isa;
  isometry_bound bound;
  double deviation = 0;
  subspace_observation seen;
  signal_and_noise parts;
  phase_detector phases;
  observe(phases, run);
  if (leading_eigenvectors(leading, a, p.y, spectral, work_room, sizeof work_room) != status::ok ||
      restricted_isometry_bound(bound, table, isometry, work_room, sizeof work_room) != status::ok ||
      isometry_deviation<T>(deviation, table, run.factor, spectral, work_room, sizeof work_room) !=
          status::ok ||
      observe_subspaces<T>(seen, run.factor, truth, work_room, sizeof work_room) != status::ok ||
      split_signal_and_noise<T>(parts, run.factor, truth, work_room, sizeof work_room) != status::ok) {
    return false;
  }
  const bool descended = run.report.iterations > 10 && relative_test_error<T>(run.factor, truth) < 2 &&
                         factor_bits(run.factor) != 0 && sigma[0] > 0;
  // In the arena of the descent.
  if (!descended || !use_staircase<T>(a, plan, isa)) return false;
  // It has no kernels and no threads of its own, and an emulator takes long for what doubles say again.
  if (isa != best_instruction_set() || threads != 1 || (test::emulated && sizeof(T) == sizeof(double)))
    return true;
  // Measurements that no matrix has: the fit is judged by what is held out.
  for (std::size_t i = 0; i < a.measurement_count; ++i) p.y[i] *= i % 7 == 0 ? T(1.05) : T(1);
  return use_recovery<T>(a, robust_loss::squared, plan, isa) &&
         use_recovery<T>(a, robust_loss::huber, plan, isa);
}

template <class T>
bool use_everything(std::uint32_t threads) {
  problem<T>& p = storage<T>;
  bool good = true;
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    catalogue::for_every_operator([&](auto row) {
      arena memory(p.operator_data, sizeof p.operator_data);
      using Row = decltype(row);
      const bool used = use<T>(catalogue::make<Row, T>(row_n<Row>, row_m<Row>, 1, memory), threads, isa);
      if (!used) std::fprintf(stderr, "refused or did not descend: %s\n", row.name);
      good = good && used;
    });
  }
  return good;
}

void expect_no_allocation(std::uint32_t threads, bool openmp_may) {
  const unsigned long before = calls, openmp_before = calls_of_openmp;
  const bool good = use_everything<float>(threads) && use_everything<double>(threads);
  const unsigned long made = calls - before, of_openmp = calls_of_openmp - openmp_before;
  expect(good, "the library did its work");
  if (made != 0 || of_openmp != 0) {
    std::fprintf(stderr, "%u threads: %lu calls of the allocator, and %lu from OpenMP\n", threads, made,
                 of_openmp);
  }
  expect(made == 0, "the library never allocates");
  expect(of_openmp == 0 || openmp_may, "OpenMP does not allocate for the library");
}

}  // namespace

int main() {
#ifdef _OPENMP
  dl_iterate_phdr(find_openmp, nullptr);
  expect(openmp_last > openmp_first, "OpenMP's run-time library is found");
#endif
  // The counter must see what it is there to see.
  unsigned long before = calls;
  int* volatile one = new int(1);
  delete one;
  expect(calls == before + 2, "new and delete are counted");
  before = calls;
  void* volatile block = std::malloc(100);
  block = std::realloc(block, 200);
  std::free(block);
  expect(calls == before + 3, "malloc, realloc and free are counted");
  before = calls;
  char* volatile text = strdup("counted");
  expect(calls == before + 1, "what the C library allocates is counted");
  std::free(text);

#ifdef _OPENMP
  // The run-time library sets itself up at the first function with a parallel region, entered or not, and
  // makes its threads in the first region.
  parallel_for(2, 2, [](std::size_t, std::uint32_t) {});
#if defined(__clang__)
  constexpr bool openmp_may = true;  // LLVM's allocates in every region, GNU's never again
#else
  constexpr bool openmp_may = false;
#endif
  expect_no_allocation(2, openmp_may);
#endif
  expect_no_allocation(1, false);
  return failures == 0 ? 0 : 1;
}
