// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <random>
#include <vector>

#include "lib/kernels/tables.hpp"
#include "lib/parallel.hpp"
#include "tests/common/emulated.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace tinyrank::test {

#if defined(TINYRANK_LIGHT_TESTS)
inline constexpr bool light = true;  // under an emulator or a sanitizer
#else
inline constexpr bool light = false;
#endif

/// How often a heavy loop runs: 1/16 of `full` where a processor is emulated or instrumented.
constexpr std::size_t effort(std::size_t full) {
  return light ? full / 16 : full;
}

template <class T>
struct aligned_allocator {
  using value_type = T;
  aligned_allocator() = default;
  template <class Other>
  explicit(false) aligned_allocator(const aligned_allocator<Other>&) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{arena_alignment}));
  }
  void deallocate(T* data, std::size_t) { ::operator delete (data, std::align_val_t{arena_alignment}); }
  friend bool operator==(aligned_allocator, aligned_allocator) { return true; }
};

template <class T>
using aligned_vector = std::vector<T, aligned_allocator<T>>;

/// `count` elements between NaNs: what a kernel reads outside its shapes poisons its results, what it writes
/// there shows in intact(). The elements start at a multiple of 64 bytes plus `misalignment` elements. The
/// AddressSanitizer's own guards are closer, so under it there are no other neighbours.
template <class T>
class guarded {
 public:
  explicit guarded(std::size_t count, std::size_t misalignment = 0)
      : before_(margin + misalignment), count_(count), cells_(before_ + count + margin, canary()) {}

  T* data() { return cells_.data() + before_; }
  const T* data() const { return cells_.data() + before_; }
  std::size_t size() const { return count_; }
  T& operator[](std::size_t i) { return data()[i]; }

  bool intact() const {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const bool inside = i >= before_ && i < before_ + count_;
      const T expected = canary();
      if (!inside && std::memcmp(&cells_[i], &expected, sizeof(T)) != 0) return false;
    }
    return true;
  }

 private:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr std::size_t margin = 0;
#else
  static constexpr std::size_t margin = 4 * virtual_lanes<T>;
#endif
  static T canary() {
    return std::numeric_limits<T>::quiet_NaN();
  }

  std::size_t before_;
  std::size_t count_;
  aligned_vector<T> cells_;
};

template <class T>
bool same_bits(const T* a, const T* b, std::size_t count) {
  return count == 0 || std::memcmp(a, b, count * sizeof(T)) == 0;
}

/// Signed values of magnitudes 2^-6 to 2^6: far from the subnormals that ARMv7's NEON flushes.
template <class T>
T draw(std::mt19937_64& generator) {
  std::uniform_real_distribution<double> fraction(-1, 1);
  std::uniform_int_distribution<int> exponent(-6, 6);
  return static_cast<T>(std::ldexp(fraction(generator), exponent(generator)));
}

template <class T>
void fill(std::mt19937_64& generator, T* data, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) data[i] = draw<T>(generator);
}

/// A factor with its own storage.
template <class T>
class owned_factor {
 public:
  owned_factor(std::size_t n, std::size_t rank)
      : cells_(factor_count<T>(n, rank), T(0)), view_{nullptr, n, rank, padded<T>(n)} {}
  factor_view<T> view() {
    factor_view<T> v = view_;
    v.data = cells_.data();
    return v;
  }
  factor_view<const T> read() { return view(); }
  T& operator()(std::size_t j, std::size_t c) { return cells_[c * view_.stride + j]; }
  std::size_t size() const { return cells_.size(); }

 private:
  aligned_vector<T> cells_;
  factor_view<T> view_;
};

template <class T>
owned_factor<T> draw_factor(std::mt19937_64& generator, std::size_t n, std::size_t rank) {
  std::normal_distribution<double> normal;
  owned_factor<T> u(n, rank);
  for (std::size_t c = 0; c < rank; ++c) {
    for (std::size_t j = 0; j < n; ++j) u(j, c) = static_cast<T>(normal(generator));
  }
  return u;
}

/// Calls an operator's verbs outside a run, with scratch of exactly the promised size.
template <class T>
class caller {
 public:
  caller(const sensing_operator<T>& a, std::size_t rank, execution_plan plan = {},
         instruction_set isa = instruction_set::automatic)
      : a_(a), scratch_(scratch_bytes(a, rank, plan)) {
    how_ = {find_kernels<T>(isa), plan, scratch_.data(), scratch_.size()};
  }
  std::vector<T> measure(factor_view<const T> u) {
    std::vector<T> y(a_.measurement_count);
    a_.measure(how_, u, y.data());
    return y;
  }
  owned_factor<T> adjoint_times(const std::vector<T>& w, factor_view<const T> v) {
    owned_factor<T> out(v.n, v.rank);
    a_.adjoint_times(how_, w.data(), v, out.view());
    return out;
  }
  T loss_and_gradient(factor_view<const T> u, const std::vector<T>& y, factor_view<T> gradient) {
    return a_.loss_and_gradient(how_, u, y.data(), gradient);
  }

 private:
  sensing_operator<T> a_;
  aligned_vector<std::byte> scratch_;
  workspace<T> how_;
};

/// A run with its arena, of exactly the needed size.
template <class T>
struct owned_run {
  descent<T> run;
  aligned_vector<std::byte> arena;

  template <class Sensing, class Options>
  status start(const Sensing& a, const std::vector<T>& y, const Options& options) {
    const std::size_t needed = descent_bytes(a, options);
    if (needed != SIZE_MAX) arena.assign(needed, std::byte{0xa5});
    return init(run, a, y.data(), options, arena.data(), arena.size());
  }
};

inline constexpr std::byte pattern{0x5a};

inline bool untouched(const aligned_vector<std::byte>& bytes) {
  // Each byte equals the one before it, and the first is right.
  return bytes.front() == pattern && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

/// Whether a call is refused with `expected`, the run left as it was and the memory filled with `pattern`
/// too.
template <class T, class Sensing, class Options>
bool refuses(status expected, const Sensing& a, const T* y, const Options& options,
             const aligned_vector<std::byte>& memory, std::byte* buffer, std::size_t bytes) {
  descent<T> run;
  run.report.iterations = 4711;
  unsigned char before[sizeof run], after[sizeof run];
  std::memcpy(before, static_cast<const void*>(&run), sizeof run);
  const status result = init(run, a, y, options, buffer, bytes);
  std::memcpy(after, static_cast<const void*>(&run), sizeof run);
  return result == expected && std::memcmp(before, after, sizeof run) == 0 && untouched(memory);
}

}  // namespace tinyrank::test
