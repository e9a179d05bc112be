// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/operators.hpp"

#include <bit>

#include "bench/machine.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/sparse.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::uint64_t seed = 7;
constexpr std::size_t entries_per_matrix = 8;  // of the general sparse operator

/// A descriptor with what it points to, and a run on it.
template <class T, class Sensing>
struct held_problem {
  held_problem(std::shared_ptr<const void> data, const Sensing& a, const shape& of)
      : data_(std::move(data)), a_(a), problem_(a_, of.rank, of.threads, of.isa) {}
  void run() { loss_ = problem_.loss_and_gradient(); }

 private:
  std::shared_ptr<const void> data_;
  Sensing a_;
  gradient_problem<T> problem_;
  volatile T loss_ = 0;
};

template <class T, class Sensing>
prepared_case hold(std::shared_ptr<const void> data, const Sensing& a, const shape& of) {
  const auto held = std::make_shared<held_problem<T, Sensing>>(std::move(data), a, of);
  return [held] { held->run(); };
}

template <class T>
prepared_case prepare_dense(const shape& of) {
  const auto rows = draw_rows<T>(of);
  return hold<T>(rows, dense_sensing<T>{of.n, of.m, rows->data.get()}, of);
}

/// The matrices of the dense operator, rounded.
template <class T>
prepared_case prepare_bf16(const shape& of) {
  struct storage {
    buffer<std::uint16_t> rows;
  };
  const auto exact = draw_rows<float>(of);
  const std::size_t stride = quantized_stride<std::uint16_t>(of.n);
  const auto stored = std::make_shared<storage>();
  stored->rows = allocate<std::uint16_t>(quantized_row_elements<std::uint16_t>(of.n, of.m));
  for_every_shard(processor_count(), of.m, [&](shard_range range, std::size_t) {
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
      pack_row_bf16(of.n, exact->data.get() + i * packed_stride<float>(of.n),
                    stored->rows.get() + i * stride);
    }
  });
  return hold<T>(stored, dense_bf16_sensing<T>{of.n, of.m, stored->rows.get()}, of);
}

template <class T>
prepared_case prepare_int8(const shape& of) {
  struct storage {
    buffer<std::int8_t> rows;
    buffer<float> scales;
  };
  const auto exact = draw_rows<float>(of);
  const std::size_t stride = quantized_stride<std::int8_t>(of.n);
  const auto stored = std::make_shared<storage>();
  stored->rows = allocate<std::int8_t>(quantized_row_elements<std::int8_t>(of.n, of.m));
  stored->scales = allocate<float>(of.m);
  for_every_shard(processor_count(), of.m, [&](shard_range range, std::size_t) {
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
      stored->scales[i] = pack_row_int8(of.n, exact->data.get() + i * packed_stride<float>(of.n),
                                        stored->rows.get() + i * stride);
    }
  });
  return hold<T>(stored, dense_int8_sensing<T>{of.n, of.m, stored->rows.get(), stored->scales.get()}, of);
}

template <class T>
prepared_case prepare_rademacher(const shape& of) {
  return hold<T>(nullptr, rademacher_sensing<T>{of.n, of.m, seed}, of);
}

template <class T>
prepared_case prepare_gaussian(const shape& of) {
  return hold<T>(nullptr, gaussian_sensing<T>{of.n, of.m, seed, gaussian_ensemble::isotropic}, of);
}

template <class T>
prepared_case prepare_hadamard(const shape& of) {
  return hold<T>(nullptr, hadamard_sensing<T>{of.n, of.m, seed, nullptr}, of);
}

template <class T>
prepared_case prepare_rank_one(const shape& of) {
  const auto vectors = draw_vectors<T>(of);
  return hold<T>(vectors, rank_one_sensing<T>{of.n, of.m, vectors->data.get(), rank_one_form::plain}, of);
}

template <class T>
prepared_case prepare_generated_rank_one(const shape& of) {
  return hold<T>(nullptr, generated_rank_one_sensing<T>{of.n, of.m, seed, rank_one_form::plain}, of);
}

/// Two different indices below n, the i-th of a fixed sequence.
index_pair drawn_pair(std::size_t n, std::size_t i) {
  const random_stream stream = make_stream(seed, random_purpose::test, 1);
  const auto side = static_cast<std::uint32_t>(n), at = static_cast<std::uint32_t>(2 * i);
  const std::uint32_t first = random_bits(stream, at) % side;
  return {first, (first + 1 + random_bits(stream, at + 1) % (side - 1)) % side};
}

std::shared_ptr<const std::vector<index_pair>> draw_pairs(const shape& of) {
  const auto pairs = std::make_shared<std::vector<index_pair>>(of.m);
  for (std::size_t i = 0; i < of.m; ++i) (*pairs)[i] = drawn_pair(of.n, i);
  return pairs;
}

template <class T>
prepared_case prepare_distance(const shape& of) {
  const auto pairs = draw_pairs(of);
  return hold<T>(pairs, distances_sensing<T>{of.n, of.m, pairs->data()}, of);
}

template <class T>
prepared_case prepare_entries(const shape& of) {
  const auto pairs = draw_pairs(of);
  return hold<T>(pairs, entries_sensing<T>{of.n, of.m, pairs->data()}, of);
}

template <class T>
prepared_case prepare_sparse(const shape& of) {
  struct storage {
    std::vector<std::size_t> offsets;
    std::vector<sparse_entry<T>> entries;
  };
  const auto stored = std::make_shared<storage>();
  for (std::size_t i = 0; i <= of.m; ++i) stored->offsets.push_back(entries_per_matrix * i);
  for (std::size_t k = 0; k < entries_per_matrix * of.m; ++k) {
    const index_pair at = drawn_pair(of.n, k);
    stored->entries.push_back({at.first, at.second, k % 3 == 0 ? T(1) : T(-0.5)});
  }
  return hold<T>(stored, sparse_sensing<T>{of.n, of.m, stored->offsets.data(), stored->entries.data()}, of);
}

double real(std::size_t count) {
  return static_cast<double>(count);
}

/// y, U and the gradient.
template <class T>
double vector_bytes(const shape& of) {
  return real((of.m + 2 * of.n * of.rank) * sizeof(T));
}

template <class T>
double packed_bytes(const shape& of) {
  return real(of.m * packed_stride<T>(of.n) * sizeof(T)) + vector_bytes<T>(of);
}

template <class T>
double bf16_bytes(const shape& of) {
  return real(of.m * quantized_stride<std::uint16_t>(of.n) * sizeof(std::uint16_t)) + vector_bytes<T>(of);
}

template <class T>
double int8_bytes(const shape& of) {
  return real(of.m * (quantized_stride<std::int8_t>(of.n) + sizeof(float))) + vector_bytes<T>(of);
}

double packed_flops(const shape& of) {
  return real(4 * of.m * packed_count(of.n));
}

double packed_draws(const shape& of) {
  return real(of.m * packed_count(of.n));
}

template <class T>
double rank_one_bytes(const shape& of) {
  return real(of.m * padded<T>(of.n) * sizeof(T)) + vector_bytes<T>(of);
}

double rank_one_flops(const shape& of) {
  return real(4 * of.m * of.n * of.rank);
}

double rank_one_draws(const shape& of) {
  return real(of.m * of.n);
}

template <class T>
double pair_bytes(const shape& of) {
  return real(of.m * sizeof(index_pair)) + vector_bytes<T>(of);
}

/// Per column a difference and its square, then a product that is added to one row and taken from another.
double distance_flops(const shape& of) {
  return real(8 * of.m * of.rank);
}

/// Per column and entry a product of two rows, then each added to the other.
double entries_flops(const shape& of) {
  return real(6 * of.m * of.rank);
}

template <class T>
double sparse_bytes(const shape& of) {
  return real(of.m * (sizeof(std::size_t) + entries_per_matrix * sizeof(sparse_entry<T>))) +
         vector_bytes<T>(of);
}

double sparse_flops(const shape& of) {
  return real(entries_per_matrix) * entries_flops(of);
}

/// Two transforms of P log2 P additions, U U^T, and the product of a symmetric matrix with U.
double hadamard_flops(const shape& of) {
  const std::size_t slots = hadamard_slot_count(of.n);
  return real(2 * slots * static_cast<std::size_t>(std::countr_zero(slots)) +
              2 * of.rank * (packed_count(of.n) + of.n * of.n));
}

}  // namespace

const std::vector<operator_kind>& operator_kinds() {
  using f32 = float;
  using f64 = double;
  static const std::vector<operator_kind> kinds = {
      {"dense_f32", prepare_dense<f32>, packed_bytes<f32>, packed_flops},
      {"dense_f64", prepare_dense<f64>, packed_bytes<f64>, packed_flops},
      {"dense_bf16", prepare_bf16<f32>, bf16_bytes<f32>, packed_flops},
      {"dense_bf16_f64", prepare_bf16<f64>, bf16_bytes<f64>, packed_flops},
      {"dense_i8", prepare_int8<f32>, int8_bytes<f32>, packed_flops},
      {"dense_i8_f64", prepare_int8<f64>, int8_bytes<f64>, packed_flops},
      {"generated_rademacher", prepare_rademacher<f32>, vector_bytes<f32>, packed_flops},
      {"generated_rademacher_f64", prepare_rademacher<f64>, vector_bytes<f64>, packed_flops},
      {"generated_gaussian", prepare_gaussian<f32>, vector_bytes<f32>, packed_flops, packed_draws},
      {"generated_gaussian_f64", prepare_gaussian<f64>, vector_bytes<f64>, packed_flops, packed_draws},
      {"hadamard", prepare_hadamard<f32>, vector_bytes<f32>, hadamard_flops},
      {"hadamard_f64", prepare_hadamard<f64>, vector_bytes<f64>, hadamard_flops},
      {"rank_one_f32", prepare_rank_one<f32>, rank_one_bytes<f32>, rank_one_flops},
      {"rank_one_f64", prepare_rank_one<f64>, rank_one_bytes<f64>, rank_one_flops},
      {"generated_rank_one", prepare_generated_rank_one<f32>, vector_bytes<f32>, rank_one_flops,
       rank_one_draws},
      {"generated_rank_one_f64", prepare_generated_rank_one<f64>, vector_bytes<f64>, rank_one_flops,
       rank_one_draws},
      {"entries_f32", prepare_entries<f32>, pair_bytes<f32>, entries_flops},
      {"entries_f64", prepare_entries<f64>, pair_bytes<f64>, entries_flops},
      {"sparse_f32", prepare_sparse<f32>, sparse_bytes<f32>, sparse_flops},
      {"sparse_f64", prepare_sparse<f64>, sparse_bytes<f64>, sparse_flops},
      {"distance_f32", prepare_distance<f32>, pair_bytes<f32>, distance_flops},
      {"distance_f64", prepare_distance<f64>, pair_bytes<f64>, distance_flops},
  };
  return kinds;
}

const operator_kind& operator_named(const std::string& name) {
  for (const operator_kind& kind : operator_kinds()) {
    if (name == kind.name) return kind;
  }
  throw std::logic_error("no operator is called " + name);
}

bench_case operator_case(const char* name, const shape& of, const char* suffix) {
  const operator_kind& kind = operator_named(name);
  return {.name = std::string(name) + suffix,
          .prepare = [&kind, of] { return kind.prepare(of); },
          .bytes = kind.bytes(of),
          .flops = kind.flops(of),
          .draws = kind.draws == nullptr ? 0 : kind.draws(of),
          .is_operator = true};
}

template <class T>
std::shared_ptr<const gaussian_rows<T>> draw_rows(const shape& of) {
  static std::weak_ptr<const gaussian_rows<T>> last;
  if (auto known = last.lock(); known != nullptr && known->n == of.n && known->m == of.m) return known;
  auto drawn = std::make_shared<gaussian_rows<T>>(
      gaussian_rows<T>{of.n, of.m, allocate<T>(dense_row_elements<T>(of.n, of.m))});
  for_every_shard(processor_count(), of.m, [&](shard_range range, std::size_t) {
    expect(fill_gaussian_rows(of.n, range.first, range.count, seed, gaussian_ensemble::isotropic,
                              drawn->data.get() + range.first * packed_stride<T>(of.n), of.isa),
           "fill_gaussian_rows");
  });
  last = drawn;
  return drawn;
}
template std::shared_ptr<const gaussian_rows<float>> draw_rows(const shape& of);
template std::shared_ptr<const gaussian_rows<double>> draw_rows(const shape& of);

template <class T>
std::shared_ptr<const gaussian_rows<T>> draw_vectors(const shape& of) {
  static std::weak_ptr<const gaussian_rows<T>> last;
  if (auto known = last.lock(); known != nullptr && known->n == of.n && known->m == of.m) return known;
  const std::size_t elements = rank_one_vector_elements<T>(of.n, of.m, rank_one_form::plain);
  auto drawn = std::make_shared<gaussian_rows<T>>(gaussian_rows<T>{of.n, of.m, allocate<T>(elements)});
  expect(fill_rank_one_vectors(of.n, 0, of.m, seed, drawn->data.get(), of.isa), "fill_rank_one_vectors");
  last = drawn;
  return drawn;
}
template std::shared_ptr<const gaussian_rows<float>> draw_vectors(const shape& of);
template std::shared_ptr<const gaussian_rows<double>> draw_vectors(const shape& of);

}  // namespace tinyrank::bench
