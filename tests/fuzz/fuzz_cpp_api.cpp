// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The C++ interface on every operator of the catalogue, by every method, with any y, options and exact
// memory: a status, or a run whose verdict is none that a NaN could carry.

#include <memory>
#include <vector>

#include "catalogue/methods.hpp"
#include "catalogue/operators.hpp"
#include "checks.hpp"
#include "reader.hpp"
#include "tinyrank/tinyrank.hpp"

using namespace tinyrank;
using namespace tinyrank::fuzz;

namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20U;

/// Heap of exactly so many bytes, which the sanitizer guards.
struct exact_memory {
  explicit exact_memory(std::size_t bytes)
      : data(static_cast<std::byte*>(std::aligned_alloc(arena_alignment, bytes))) {}
  ~exact_memory() { std::free(data); }
  exact_memory(const exact_memory&) = delete;
  exact_memory& operator=(const exact_memory&) = delete;
  std::byte* data;
};

template <class T>
void require_finite(factor_view<const T> factor) {
  for (std::size_t c = 0; c < factor.rank; ++c) {
    for (std::size_t j = 0; j < factor.n; ++j) require(is_number(factor(j, c)));
  }
}

template <class Sensing, class Options>
void descend(reader& in, const Sensing& a, const std::vector<float>& y, Options options) {
  options.rank = in.take<std::uint8_t>() % 7;
  options.iteration_limit = 30;
  options.step_size = in.number<float>();
  options.initial_scale = in.number<float>();
  options.law = static_cast<initial_law>(in.take<std::uint8_t>() % 3);
  options.tolerance = in.number<float>();
  options.relative_tolerance = in.number<float>();
  options.seed = in.take<std::uint16_t>();
  const std::size_t bytes = descent_bytes(a, options);
  if (bytes > most_bytes) return;
  const exact_memory memory(bytes);
  descent<float> run;
  if (init(run, a, y.data(), options, memory.data, bytes) != status::ok) return;
  require(run_to_end(run) != outcome::running);
  require(run.report.arena_bytes == bytes);
  if (run.report.result != outcome::recovered) return;
  require(is_number(run.report.loss));
  require_finite<float>(run.factor);
}

template <class Sensing>
void recover(reader& in, const Sensing& a, const std::vector<float>& y) {
  recovery_options<float> options;
  options.rank_limit = in.take<std::uint8_t>() % 5;
  options.pass_limit = in.take<std::uint8_t>() % 64;
  options.explore = static_cast<exploration>(in.take<std::uint8_t>() % 4);
  options.loss = static_cast<robust_loss>(in.take<std::uint8_t>() % 3);
  options.huber_delta = in.number<float>();
  options.spent = in.take<std::uint8_t>() % 16;
  std::vector<float> weights(y.size());
  for (float& weight : weights) weight = static_cast<float>(in.take<std::uint8_t>()) / 64;
  if (in.take<std::uint8_t>() % 2 != 0) options.weights = weights.data();
  const std::size_t bytes = recovery_bytes(a, options);
  if (bytes > most_bytes) return;
  const exact_memory memory(bytes);
  recovery<float> run;
  if (init(run, a, y.data(), options, memory.data, bytes) != status::ok) return;
  require(run_to_end(run) != outcome::running);
  if (run.report.verdict == verdict::none) return;
  require(is_number(run.report.loss));
  require_finite(run.factor);
}

template <class Row>
void use(reader& in) {
  const std::size_t n = Row::nearest_n(2 + in.take<std::uint8_t>() % 12);
  const std::size_t m = 1 + in.take<std::uint8_t>() % 32;
  if (n == 0 || m > Row::most_measurements(n)) return;
  const exact_memory stored(catalogue::storage_bytes<Row, float>(n, m) + arena_alignment);
  arena place(stored.data, catalogue::storage_bytes<Row, float>(n, m));
  const auto a = catalogue::make<Row, float>(n, m, in.take<std::uint8_t>(), place);
  const auto method = in.take<std::uint8_t>() % 6;
  std::vector<float> y(m);
  for (float& value : y) value = in.number<float>();
  int number = 0;
  catalogue::for_each_method<float>([&](auto, const auto& options) {
    if (method == number++) descend(in, a, y, options);
  });
  if (method >= number) recover(in, a, y);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  reader in{bytes, count};
  int operators = 0;
  catalogue::for_every_operator([&](auto) { ++operators; });
  int which = in.take<std::uint8_t>() % operators;
  catalogue::for_every_operator([&](auto row) {
    if (which-- == 0) use<decltype(row)>(in);
  });
  return 0;
}
