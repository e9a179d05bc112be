// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/coded_diffraction.hpp"

#include <cstring>

#include "lib/kernels/fourier.hpp"
#include "lib/kernels/hadamard.hpp"
#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"
#include "lib/operators/unit_circle.hpp"

namespace tinyrank {
namespace {

/// cosines[h + j] = cos(pi j / h) and sines for j < h = 1, 2, .. length / 2. Those of multiples of a quarter
/// turn are exact.
template <class T>
void fill_roots(std::size_t length, T* cosines, T* sines) noexcept {
  cosines[0] = sines[0] = 0;
  const std::size_t half = length / 2;
  if (half == 0) return;
  T *const c = cosines + half, *const s = sines + half;
  c[0] = 1;
  s[0] = 0;
  const auto set = [&](std::size_t j, T cosine, T sine) {
    c[j] = cosine;
    s[j] = sine;
  };
  if (half >= 2) set(half / 2, 0, 1);
  for (std::size_t j = 1; 4 * j <= half; ++j) {
    const circle_point<T> at =
        on_circle<T>(static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(length));
    set(half / 2 - j, at.sine, at.cosine);
    set(half / 2 + j, -at.sine, at.cosine);
    set(j, at.cosine, at.sine);
    set(half - j, -at.cosine, at.sine);
  }
  for (std::size_t h = half / 2; h > 0; h /= 2) {
    for (std::size_t j = 0; j < h; ++j) {
      cosines[h + j] = cosines[2 * h + 2 * j];
      sines[h + j] = sines[2 * h + 2 * j];
    }
  }
}

/// One call of a verb.
template <class T>
struct diffraction_call {
  const coded_diffraction_sensing<T>& a;
  const workspace<T>& how;
  diffraction_scratch<T> scratch;
  std::size_t d, length, stride, rank;
  bool is_fourier;

  diffraction_call(const sensing_operator<T>& self, const workspace<T>& call, std::size_t columns) noexcept
      : a(descriptor_of<coded_diffraction_sensing<T>>(self)),
        how(call),
        d(a.dimension),
        length(diffraction_length(a.dimension)),
        stride(padded<T>(length)),
        rank(columns),
        is_fourier(a.transform == diffraction_transform::fourier) {
    arena memory(call.scratch, call.scratch_bytes);
    scratch = layout_diffraction_scratch<T>(memory, a.n, length, rank, call.plan, is_fourier);
    if (is_fourier) fill_roots(length, scratch.cosines, scratch.sines);
  }

  std::size_t mask_count() const noexcept { return (a.measurement_count - 1) / length + 1; }
  std::uint32_t workers() const noexcept { return workers_for(how.plan, a.measurement_count * rank * 16); }

  T* real_part(std::uint32_t worker, std::size_t c) const noexcept {
    return scratch.columns + (worker * rank + c) * 2 * stride;
  }
  T* values(std::uint32_t worker) const noexcept { return scratch.values + worker * stride; }

  void transform(T* re, T* im) const noexcept {
    if (is_fourier) {
      const auto& kernels = table_for<fourier_kernels<T>>(how.kernels->isa);
      return kernels.forward(re, im, length, scratch.cosines, scratch.sines);
    }
    const auto& kernels = table_for<hadamard_kernels<T>>(how.kernels->isa);
    kernels.transform(re, length);
    kernels.transform(im, length);
  }
  void transform_back(T* re, T* im) const noexcept {
    if (!is_fourier) return transform(re, im);
    const auto& kernels = table_for<fourier_kernels<T>>(how.kernels->isa);
    kernels.adjoint(re, im, length, scratch.cosines, scratch.sines);
  }

  /// use(j, quarter turns) for the entries of a mask.
  template <class Use>
  void for_turns(std::size_t mask, Use use) const noexcept {
    const random_stream stream = diffraction_mask(a.seed, a.first_mask + mask);
    for (std::size_t first = 0; first < d; first += 16) {
      std::uint32_t word = diffraction_word(stream, first / 16);
      const std::size_t last = d - first < 16 ? d : first + 16;
      for (std::size_t j = first; j < last; ++j, word >>= 2) use(j, word & 3);
    }
  }

  /// use(place, measurement) for what a mask measures; a place is that of a transform's entry.
  template <class Use>
  void for_measurements(std::size_t mask, Use use) const noexcept {
    const std::size_t before = mask * length;
    for (std::size_t place = 0, k = 0; place < length; ++place) {
      if (before + k < a.measurement_count) use(place, before + k);
      if (!is_fourier) {
        ++k;
        continue;
      }
      // The next number, counted from the uppermost bit downwards.
      std::size_t bit = length / 2;
      for (; (k & bit) != 0; bit /= 2) k ^= bit;
      k |= bit;
    }
  }

  /// The columns F D w.
  void look(std::size_t mask, factor_view<const T> u, std::uint32_t worker) const noexcept {
    for (std::size_t c = 0; c < rank; ++c) {
      T *const re = real_part(worker, c), *const im = re + stride;
      const T *const p = u.column(c), *const q = p + d;
      for_turns(mask, [=](std::size_t j, std::uint32_t turns) {
        const T x = (turns & 1) != 0 ? q[j] : p[j], y = (turns & 1) != 0 ? p[j] : q[j];
        re[j] = turns == 1 || turns == 2 ? -x : x;
        im[j] = turns >= 2 ? -y : y;
      });
      for (std::size_t j = d; j < length; ++j) re[j] = im[j] = 0;
      transform(re, im);
    }
  }

  /// Their squared moduli, summed.
  void add_up(std::uint32_t worker) const noexcept {
    T* const sum = values(worker);
    for (std::size_t c = 0; c < rank; ++c) {
      const T *const re = real_part(worker, c), *const im = re + stride;
      for (std::size_t k = 0; k < length; ++k) {
        const T square = re[k] * re[k] + im[k] * im[k];
        sum[k] = c == 0 ? square : sum[k] + square;
      }
    }
  }

  /// sum += (F D)^H diag(values) of the columns.
  void go_back(std::size_t mask, T* sum, std::size_t sum_stride, std::uint32_t worker) const noexcept {
    const T* const weights = values(worker);
    for (std::size_t c = 0; c < rank; ++c) {
      T *const re = real_part(worker, c), *const im = re + stride;
      for (std::size_t k = 0; k < length; ++k) {
        re[k] *= weights[k];
        im[k] *= weights[k];
      }
      transform_back(re, im);
      T *const p = sum + c * sum_stride, *const q = p + d;
      for_turns(mask, [=](std::size_t j, std::uint32_t turns) {
        const T x = (turns & 1) != 0 ? im[j] : re[j], y = (turns & 1) != 0 ? re[j] : im[j];
        p[j] += turns >= 2 ? -x : x;
        q[j] += turns == 1 || turns == 2 ? -y : y;
      });
    }
  }

  void copy_scaled(T scale, factor_view<T> out) const noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = scale * scratch.sums[k];
  }
};

template <class T>
struct diffraction_verbs {
  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const diffraction_call<T> call(self, how, u.rank);
    const std::size_t shards = how.plan.shards;
    parallel_for(call.workers(), shards, [&](std::size_t s, std::uint32_t worker) {
      const shard_range masks = shard_of(s, shards, call.mask_count());
      for (std::size_t mask = masks.first; mask < masks.first + masks.count; ++mask) {
        call.look(mask, u, worker);
        call.add_up(worker);
        const T* const values = call.values(worker);
        call.for_measurements(mask, [=](std::size_t place, std::size_t i) { y[i] = values[place]; });
      }
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const diffraction_call<T> call(self, how, v.rank);
    sum_over_shards(how, call.workers(), call.mask_count(), call.scratch.sums, v.rank * v.stride,
                    call.scratch.losses, [&](shard_range masks, T* sum, std::uint32_t worker) {
                      for (std::size_t mask = masks.first; mask < masks.first + masks.count; ++mask) {
                        call.look(mask, v, worker);
                        T* const values = call.values(worker);
                        std::memset(values, 0, call.length * sizeof(T));
                        call.for_measurements(
                            mask, [=](std::size_t place, std::size_t i) { values[place] = w[i]; });
                        call.go_back(mask, sum, v.stride, worker);
                      }
                      return T(0);
                    });
    call.copy_scaled(T(1), out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const diffraction_call<T> call(self, how, u.rank);
    const T squares =
        sum_over_shards(how, call.workers(), call.mask_count(), call.scratch.sums, u.rank * u.stride,
                        call.scratch.losses, [&](shard_range masks, T* sum, std::uint32_t worker) {
                          T loss = 0;
                          for (std::size_t mask = masks.first; mask < masks.first + masks.count; ++mask) {
                            call.look(mask, u, worker);
                            call.add_up(worker);
                            loss += residuals(call, mask, y, call.values(worker));
                            call.go_back(mask, sum, u.stride, worker);
                          }
                          return loss;
                        });
    const T per_measurement = share_of_each(how, call.a.measurement_count);
    call.copy_scaled(per_measurement, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  /// values := values - y, 0 where nothing was measured; returns the sum of their squares.
  static T residuals(const diffraction_call<T>& call, std::size_t mask, const T* y, T* values) noexcept {
    T squares = 0;
    std::size_t measured = 0;
    call.for_measurements(mask, [&](std::size_t place, std::size_t i) {
      // Places that lie between were not measured.
      for (; measured < place; ++measured) values[measured] = 0;
      ++measured;
      values[place] -= y[i];
      squares += values[place] * values[place];
    });
    for (; measured < call.length; ++measured) values[measured] = 0;
    return squares;
  }

  static std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(descriptor_of<coded_diffraction_sensing<T>>(self), rank, plan);
  }
};

}  // namespace

template <class T>
status make_operator(const coded_diffraction_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_complex_sizes(a.dimension, a.n, a.measurement_count); sizes != status::ok)
    return sizes;
  if (a.transform != diffraction_transform::fourier && a.transform != diffraction_transform::hadamard)
    return status::operator_data;
  using verbs = diffraction_verbs<T>;
  out = {a.n,
         a.measurement_count,
         &a,
         {verbs::bytes, verbs::measure, verbs::adjoint_times, verbs::loss_and_gradient}};
  make_complex(out);
  return status::ok;
}

template status make_operator(const coded_diffraction_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const coded_diffraction_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
