// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/yardsticks.hpp"

#include "bench/probes.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t peak_steps = 1 << 20;

template <class T>
void run_peak(const shape& of) {
  const auto chains = find_probes(of.isa).template of<T>().fma_chains;
  constexpr std::uint32_t pieces = 8;
  parallel_for(of.threads, of.threads * pieces, [&](std::size_t, std::uint32_t) {
    const volatile T result = chains(T(0.5), T(1), peak_steps / pieces);
    static_cast<void>(result);
  });
}

template <class T>
void read_rows(const shape& of, const T* rows, const read_pattern<T>& pattern) {
  for_every_shard(of.threads, of.m, [&](shard_range range, std::size_t) {
    const std::size_t stride = packed_stride<T>(of.n);
    const volatile T result = pattern.read(rows + range.first * stride, range.count * stride);
    static_cast<void>(result);
  });
}

}  // namespace

template <class T>
bench_case fma_peak_case(const shape& of, const char* suffix) {
  const std::size_t lanes = find_probes(of.isa).template of<T>().fma_chain_lanes;
  return {.name = typed<T>("fma_peak") + suffix,
          .prepare = [of]() -> prepared_case { return [of] { run_peak<T>(of); }; },
          .flops = 2.0 * static_cast<double>(of.threads * peak_steps * lanes)};
}
template bench_case fma_peak_case<float>(const shape&, const char*);
template bench_case fma_peak_case<double>(const shape&, const char*);

template <class T>
case_group read_cases(const shape& of) {
  case_group all;
  for (const read_pattern<T>& pattern : find_probes(of.isa).template of<T>().reads) {
    all.push_back({.name = typed<T>("read"),
                   .way = pattern.name,
                   .prepare = [of, pattern]() -> prepared_case {
                     return [of, pattern, held = share_rows<T>(of)] { read_rows(of, held->a.rows, pattern); };
                   },
                   .bytes = static_cast<double>(of.m * packed_stride<T>(of.n) * sizeof(T))});
  }
  return all;
}
template case_group read_cases<float>(const shape&);
template case_group read_cases<double>(const shape&);

}  // namespace tinyrank::bench
