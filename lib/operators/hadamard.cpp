// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/hadamard.hpp"

#include <cstring>

#include "lib/kernels/factor.hpp"
#include "lib/kernels/hadamard.hpp"
#include "lib/operators/descriptor.hpp"
#include "lib/operators/sharded_sum.hpp"

namespace tinyrank {
namespace {

// H acts on w(Z), whose off-diagonals carry sqrt(2). The packed U U^T has them doubled, so w(Z) is sqrt(1/2)
// times it once its diagonal is multiplied by sqrt(2); likewise A^*(w) is sqrt(1/2) times the signed slots,
// and its diagonal sqrt(2) times that. One factor sqrt(1/2) is thus left to the m values or to the entries of
// A^*(w).
template <class T>
constexpr T root_two = T(1.41421356237309504880);
template <class T>
constexpr T root_half = T(0.70710678118654752440);

/// One call of a verb: the chain D, S, H, R and its transpose.
template <class T>
struct hadamard_call {
  const hadamard_sensing<T>& a;
  const workspace<T>& how;
  const hadamard_kernels<T>& kernels;
  const factor_kernels<T>& factors;
  hadamard_scratch<T> scratch;
  hadamard_draw draw;
  std::size_t slots;
  std::uint32_t workers;

  // A gradient is a chain of some ten steps of microseconds (60 us in all at n = 200, r = 10, one thread with
  // AVX-512), between which threads would wait for each other: two were no faster at P = 32768, and three
  // times slower when the machine had other work.
  static std::uint32_t workers_for_steps(execution_plan plan, std::size_t slots) noexcept {
    return workers_for(plan, slots / 4);
  }
  std::uint32_t workers_for_factor(factor_view<const T> u) const noexcept {
    return workers_for(how.plan, packed_count(u.n) / 8 * u.rank);
  }

  hadamard_call(const sensing_operator<T>& self, const workspace<T>& call) noexcept
      : a(descriptor_of<hadamard_sensing<T>>(self)),
        how(call),
        kernels(table_for<hadamard_kernels<T>>(call.kernels->isa)),
        factors(table_for<factor_kernels<T>>(call.kernels->isa)),
        draw(draw_hadamard(a.n, a.seed)),
        slots(hadamard_slot_count(a.n)),
        workers(workers_for_steps(call.plan, slots)) {
    arena memory(call.scratch, call.scratch_bytes);
    scratch = layout_hadamard_scratch<T>(memory, a.n, a.measurement_count, call.plan);
  }

  template <class Body>
  static void in_pieces(std::uint32_t workers, std::size_t count, std::size_t piece, Body body) noexcept {
    parallel_for(workers, (count + piece - 1) / piece, [&](std::size_t p, std::uint32_t) {
      const std::size_t first = p * piece;
      body(first, count - first < piece ? count : first + piece);
    });
  }

  /// use(first, values, count) for runs of first .. last - 1, values[i] = permutation(first + i).
  template <class Use>
  void permuted(const keyed_permutation& permutation, std::size_t first, std::size_t last,
                Use use) const noexcept {
    constexpr std::size_t block = SIZE_MAX > 0xffffffffu ? 256 : 32;  // on the stack, which is small there
    alignas(64) std::uint32_t values[block];
    for (; first < last; first += block) {
      const std::size_t count = last - first < block ? last - first : block;
      kernels.permute(permutation, static_cast<std::uint32_t>(first), padded<float>(count), values);
      use(first, values, count);
    }
  }

  /// use(first, rows, count) for runs of the measurements first .. last - 1.
  template <class Use>
  void rows(std::size_t first, std::size_t last, Use use) const noexcept {
    if (a.rows != nullptr) return use(first, a.rows + first, last - first);
    permuted(draw.rows, first, last, use);
  }

  void transform() const noexcept {
    constexpr std::size_t block = transform_block<T>;
    T* x = scratch.slots;
    if (slots <= block) return kernels.transform(x, slots);
    in_pieces(workers, slots, block,
              [&](std::size_t first, std::size_t last) { kernels.transform(x + first, last - first); });
    for (std::size_t h = block; h < slots;) {
      std::size_t levels = 1;
      while (levels < 3 && h << levels < slots) ++levels;
      constexpr std::size_t columns = block / 4;
      in_pieces(workers, slots >> levels, columns, [&](std::size_t first, std::size_t last) {
        kernels.merge_blocks(x + ((first / h * h) << levels) + first % h, h, levels, last - first);
      });
      h <<= levels;
    }
  }

  /// slots = H S D w(U U^T), but for a factor sqrt(1/2).
  void forward(factor_view<const T> u) const noexcept {
    const std::size_t entries = packed_count(u.n);
    T* packed = scratch.packed;
    for (std::size_t k = entries; k < packed_stride<T>(u.n); ++k) packed[k] = 0;
    in_pieces(workers_for_factor(u), u.n, 32, [&](std::size_t first, std::size_t last) {
      factors.form_gram_rows(u.data, u.stride, u.rank, first, last, packed);
      for (std::size_t j = first; j < last; ++j) packed[packed_index(j, j)] *= root_two<T>;
    });
    std::memset(scratch.slots, 0, slots * sizeof(T));
    in_pieces(workers, packed_stride<T>(u.n), 4096, [&](std::size_t first, std::size_t last) {
      kernels.flip_signs(draw.signs, packed, first, last);
      permuted(draw.slots, first, last < entries ? last : entries,
               [&](std::size_t k, const std::uint32_t* places, std::size_t count) {
                 kernels.scatter(packed + k, places, count, scratch.slots);
               });
    });
    transform();
  }

  /// out = scale A^*(w) V, w in its slots.
  void backward(T scale, factor_view<const T> v, factor_view<T> out) const noexcept {
    const std::size_t entries = packed_count(v.n);
    T* packed = scratch.packed;
    transform();
    in_pieces(workers, packed_stride<T>(v.n), 4096, [&](std::size_t first, std::size_t last) {
      permuted(draw.slots, first, last < entries ? last : entries,
               [&](std::size_t k, const std::uint32_t* places, std::size_t count) {
                 kernels.gather(scratch.slots, places, count, packed + k);
               });
      kernels.flip_signs(draw.signs, packed, first, last);
    });
    in_pieces(workers, v.n, 32, [&](std::size_t first, std::size_t last) {
      factors.unpack_symmetric(scale * root_half<T>, scale, packed, v.n, first, last, scratch.square);
    });
    const std::uint32_t times_workers = workers_for_factor(v);
    in_pieces(times_workers, v.rank, times_workers == 1 ? v.rank : 4,
              [&](std::size_t first, std::size_t last) {
                factors.symmetric_times(scratch.square, v.n, v.stride, v.column(first), last - first,
                                        out.column(first));
              });
  }

  /// out_i = slots[row of measurement i].
  void gather(shard_range range, T* out) const noexcept {
    rows(range.first, range.first + range.count,
         [&](std::size_t first, const std::uint32_t* drawn, std::size_t count) {
           kernels.gather(scratch.slots, drawn, count, out + first);
         });
  }

  /// slots = R^T w. By one thread: two would write into the same cache lines.
  void scatter(const T* w) const noexcept {
    std::memset(scratch.slots, 0, slots * sizeof(T));
    // Rows that were given may repeat.
    for (std::size_t i = 0; a.rows != nullptr && i < a.measurement_count; ++i) {
      scratch.slots[a.rows[i]] += w[i];
    }
    if (a.rows != nullptr) return;
    permuted(draw.rows, 0, a.measurement_count,
             [&](std::size_t first, const std::uint32_t* drawn, std::size_t count) {
               kernels.scatter_add(w + first, drawn, count, scratch.slots);
             });
  }

  template <class Body>
  void over_shards(Body body) const noexcept {
    const std::size_t shards = how.plan.shards;
    parallel_for(workers, shards,
                 [&](std::size_t s, std::uint32_t) { body(s, shard_of(s, shards, a.measurement_count)); });
  }
};

template <class T>
struct hadamard_verbs {
  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const hadamard_call<T> call(self, how);
    call.forward(u);
    call.over_shards([&](std::size_t, shard_range range) {
      call.gather(range, y);
      for (std::size_t i = range.first; i < range.first + range.count; ++i) y[i] *= root_half<T>;
    });
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const hadamard_call<T> call(self, how);
    call.scatter(w);
    call.backward(T(1), v, out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const hadamard_call<T> call(self, how);
    T* residual = call.scratch.square;
    T* losses = call.scratch.losses;
    call.forward(u);
    call.over_shards([&](std::size_t s, shard_range range) {
      call.gather(range, residual);
      losses[s] =
          call.kernels.scaled_residual(root_half<T>, y + range.first, residual + range.first, range.count);
    });
    for (std::size_t apart = 1; apart < how.plan.shards; apart *= 2) {
      for (std::size_t s = 0; s < how.plan.shards; s += 2 * apart) losses[s] += losses[s + apart];
    }
    const T squares = losses[0];
    const T per_measurement = T(1) / static_cast<T>(call.a.measurement_count);
    call.scatter(residual);
    call.backward(per_measurement, u, gradient);
    return squares * (T(0.25) * per_measurement);
  }

  static std::size_t bytes(const sensing_operator<T>& self, std::size_t rank, execution_plan plan) noexcept {
    return scratch_bytes(descriptor_of<hadamard_sensing<T>>(self), rank, plan);
  }
};

}  // namespace

template <class T>
status make_operator(const hadamard_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (a.n == 0 || a.n > largest_dimension) return status::dimension;
  const std::size_t slots = hadamard_slot_count(a.n);
  if (slots > SIZE_MAX / sizeof(T)) return status::size_overflow;
  if (a.measurement_count == 0 || a.measurement_count > slots) return status::measurement_count;
  for (std::size_t i = 0; a.rows != nullptr && i < a.measurement_count; ++i) {
    if (a.rows[i] >= slots) return status::operator_data;
  }
  using verbs = hadamard_verbs<T>;
  out = {a.n,
         a.measurement_count,
         &a,
         {verbs::bytes, verbs::measure, verbs::adjoint_times, verbs::loss_and_gradient}};
  return status::ok;
}

template status make_operator(const hadamard_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const hadamard_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
