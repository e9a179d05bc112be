// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/harness.hpp"
#include "bench/machine.hpp"
#include "bench/problem.hpp"
#include "catalogue/dense.hpp"
#include "catalogue/operators.hpp"

namespace tinyrank::bench {

/// A problem in which the gradient of an operator is timed.
struct shape {
  std::size_t n = 0;
  std::size_t m = 0;
  std::size_t rank = 0;
  std::uint32_t threads = 1;
  instruction_set isa = instruction_set::automatic;
};

/// A sensing operator as the benchmark sees it. The counts are those of the operator's definition, with
/// U U^T where a matrix is formed left out: what any program for it would have to do.
struct operator_kind {
  std::string name;  ///< as in bench.json
  bool is_single = true;
  shape (*nearest)(const shape& of);  ///< the largest up to this that the operator has
  prepared_case (*prepare)(const shape& of);
  double (*bytes)(const shape& of);  ///< stored operator, measurements, factor and gradient
  double (*flops)(const shape& of);
  double (*draws)(const shape& of);  ///< normal numbers
};

/// Every row of the catalogue, in both precisions.
const std::vector<operator_kind>& operator_kinds();
const operator_kind& operator_named(const std::string& name);

/// A case that evaluates the gradient of the operator `kind`, of the nearest size that it has; named as that,
/// with `suffix`.
bench_case operator_case(const std::string& kind, const shape& of, const char* suffix = "");

/// An operator of the catalogue with its storage.
template <class Row, class T>
struct stored_operator {
  buffer<std::byte> storage;
  typename Row::template sensing<T> a;
};

/// Drawn once, by all processors, for all who hold it at the same time.
template <class Row, class T>
std::shared_ptr<const stored_operator<Row, T>> share_operator(const shape& of) {
  constexpr std::uint64_t seed = 7;
  static std::weak_ptr<const stored_operator<Row, T>> last;
  if (auto known = last.lock();
      known != nullptr && known->a.n == of.n && known->a.measurement_count == of.m) {
    return known;
  }
  const std::size_t bytes =
      measured_bytes([&](arena& memory) { Row::template place<T>(of.n, of.m, seed, memory); });
  auto drawn = std::make_shared<stored_operator<Row, T>>();
  drawn->storage = allocate<std::byte>(bytes);
  arena memory(drawn->storage.get(), bytes);
  drawn->a = Row::template place<T>(of.n, of.m, seed, memory);
  for_every_shard(processor_count(), of.m, [&](shard_range range, std::size_t) {
    const buffer<T> scratch = allocate<T>(packed_stride<T>(of.n));
    Row::fill(drawn->a, seed, range.first, range.count, scratch.get());
  });
  last = drawn;
  return drawn;
}

/// m rows of the Gaussian ensemble.
template <class T>
auto share_rows(const shape& of) {
  return share_operator<catalogue::dense_row, T>(of);
}

}  // namespace tinyrank::bench
