// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "lib/operators/sharded_sum.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::bench {

struct free_memory {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

template <class T>
using buffer = std::unique_ptr<T[], free_memory>;

/// Uninitialised, aligned to 2 MB and in huge pages where the system grants them, as the programs in apps/
/// allocate; the same for our kernels, the plain read and OpenBLAS.
template <class T>
buffer<T> allocate(std::size_t count) {
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  const std::size_t bytes = (count * sizeof(T) + huge_page - 1) / huge_page * huge_page;
  void* memory = std::aligned_alloc(huge_page, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  return buffer<T>(static_cast<T*>(memory));
}

template <class T>
buffer<T> gaussian_vector(std::size_t count, std::uint64_t seed) {
  buffer<T> values = allocate<T>(count);
  const random_stream stream = make_stream(seed, random_purpose::test, 0);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(i)));
  }
  return values;
}

/// The work of parallel_for over the shards of m measurements, as the operators divide it.
template <class Work>
void for_every_shard(std::uint32_t threads, std::size_t m, Work work) {
  const std::size_t shards = execution_plan{}.shards;
  parallel_for(threads, shards, [&](std::size_t s, std::uint32_t) { work(shard_of(s, shards, m), s); });
}

inline void expect(status got, const char* what) {
  if (got != status::ok) throw std::runtime_error(std::string(what) + ": " + to_string(got));
}

/// A started run whose gradient can be evaluated again and again at its first factor.
template <class T>
class gradient_problem {
 public:
  /// `a` must outlive this.
  template <class Sensing>
  gradient_problem(const Sensing& a, std::size_t rank, std::uint32_t threads, instruction_set isa)
      : y_(gaussian_vector<T>(a.measurement_count, 1)) {
    gradient_descent_options<T> options;
    options.rank = rank;
    options.step_size = T(0.25);
    options.initial_scale = T(0.5);
    options.plan.threads = threads;
    options.isa = isa;
    const std::size_t bytes = descent_bytes(a, options);
    arena_ = allocate<std::byte>(bytes);
    expect(init(run_, a, y_.get(), options, arena_.get(), bytes), "init");
  }

  T loss_and_gradient() {
    const factor_view<const T> u = run_.factor;
    return run_.sensing.loss_and_gradient(run_.how, u, y_.get(),
                                          {run_.memory.gradient, u.n, u.rank, u.stride});
  }

  /// The same as one problem of a batch.
  [[nodiscard]] batch_problem<T> in_batch() const {
    const factor_view<const T> u = run_.factor;
    return {&run_.how, u, y_.get(), {run_.memory.gradient, u.n, u.rank, u.stride}, T(0)};
  }

  [[nodiscard]] factor_view<const T> factor() const { return run_.factor; }
  [[nodiscard]] const T* measurements() const { return y_.get(); }

 private:
  buffer<T> y_;
  buffer<std::byte> arena_;
  descent<T> run_;
};

}  // namespace tinyrank::bench
