// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/groups.hpp"

#include <algorithm>
#include <thread>

#include "bench/batch_case.hpp"
#include "bench/yardsticks.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, m = 10000;  // of arXiv 2106.15013, section 4
constexpr std::size_t paper_rank = 20, hadamard_rank = 10, rank_one_rank = 16;

shape paper_shape(const settings& chosen, std::size_t rank = paper_rank) {
  return {n, m, rank, chosen.threads, chosen.isa};
}

shape on_one_thread(shape of) {
  of.threads = 1;
  return of;
}

/// What two threads of this machine make of a case by one: two halves of it at once that share nothing, and
/// wait for each other once in many gradients.
bench_case halves_at_once(const std::string& kind, shape of, const bench_case& by_one, const char* key) {
  constexpr int gradients = 16;
  of = on_one_thread(of);
  of.m /= 2;
  bench_case one = operator_case(kind, of, "_halves");
  one.is_operator = false;
  one.settle = true;
  one.bytes *= 2 * gradients;
  one.flops *= 2 * gradients;
  one.draws *= 2 * gradients;
  one.prepare = [half = one.prepare] {
    return [first = half(), second = half()] {
      const auto repeat = [](const prepared_case& run) {
        for (int k = 0; k < gradients; ++k) run();
      };
      std::thread other([&] { repeat(second); });
      repeat(first);
      other.join();
    };
  };
  one.compared = {{key, by_one.name, yardstick::none, gradients}};
  return one;
}

template <class T>
bench_case against_full_storage(bench_case one) {
  one.compared.push_back({"speedup_over_openblas_full", typed<T>("openblas_full"), yardstick::openblas});
  one.compared.push_back({"speedup_over_eigen_full", typed<T>("eigen_full"), yardstick::eigen});
  return one;
}

/// A stored operator streams its matrices from memory; a drawn one only computes.
template <class T>
bench_case stored(const char* name, const shape& of) {
  bench_case one = against_full_storage<T>(operator_case(name, of));
  one.limits = {typed<T>("read"), typed<T>("fma_peak")};
  return one;
}
template <class T>
bench_case computed(const char* name, const shape& of) {
  bench_case one = against_full_storage<T>(operator_case(name, of));
  one.limits = {typed<T>("fma_peak")};
  return one;
}

case_group single_precision(const settings& chosen) {
  const shape of = paper_shape(chosen);
  case_group all = read_cases<float>(of);
  all.push_back(fma_peak_case<float>(of));
  append(all, full_storage_cases<float>(of));
  all.push_back(stored<float>("dense_f32", of));
  all.push_back(stored<float>("dense_bf16", of));
  all.push_back(stored<float>("dense_i8", of));
  all.push_back(computed<float>("generated_rademacher", of));
  all.back().compared.push_back({"threads_speedup_2", "generated_rademacher_1_thread"});
  all.push_back(operator_case("generated_rademacher", on_one_thread(of), "_1_thread"));
  all.back().is_operator = false;
  all.push_back(
      halves_at_once("generated_rademacher", of, all.back(), "generated_rademacher.threads_limit_2"));
  all.push_back(computed<float>("generated_gaussian", of));
  all.push_back(computed<float>("hadamard", paper_shape(chosen, hadamard_rank)));
  return all;
}

case_group double_precision(const settings& chosen) {
  const shape of = paper_shape(chosen);
  case_group all = read_cases<double>(of);
  all.push_back(fma_peak_case<double>(of));
  append(all, full_storage_cases<double>(of));
  all.push_back(stored<double>("dense_f64", of));
  all.push_back(stored<double>("dense_bf16_f64", of));
  all.push_back(stored<double>("dense_i8_f64", of));
  all.push_back(computed<double>("generated_rademacher_f64", of));
  all.push_back(computed<double>("generated_gaussian_f64", of));
  all.push_back(computed<double>("hadamard_f64", paper_shape(chosen, hadamard_rank)));
  return all;
}

/// Operators whose cost is not that of matrices: a few megabytes, in the last cache of a server.
case_group thin_operators(const settings& chosen) {
  const shape of = paper_shape(chosen, rank_one_rank);
  case_group all = product_pair_cases<float>(of);
  append(all, product_pair_cases<double>(of));
  all.push_back(fma_peak_case<float>(of));
  all.push_back(fma_peak_case<double>(of));

  bench_case single = operator_case("rank_one_f32", of);
  single.limits = {"fma_peak_f32"};
  single.compared = {{"fraction_of_sgemm", "sgemm_pair", yardstick::openblas},
                     {"fraction_of_eigen", "eigen_pair_f32", yardstick::eigen},
                     {"rank_one.threads_speedup_2", "rank_one_f32_1_thread"}};
  bench_case alone = operator_case("rank_one_f32", on_one_thread(of), "_1_thread");
  alone.is_operator = false;
  bench_case paired = operator_case("rank_one_f64", of);
  paired.limits = {"fma_peak_f64"};
  paired.compared = {{"fraction_of_dgemm", "dgemm_pair", yardstick::openblas},
                     {"fraction_of_eigen", "eigen_pair_f64", yardstick::eigen}};
  append(all, {single, alone, paired, halves_at_once("rank_one_f32", of, alone, "rank_one.threads_limit_2")});

  for (const char* name : {"generated_rank_one", "entries_f32", "sparse_f32", "distance_f32"}) {
    all.push_back(operator_case(name, of));
    all.back().limits = {"fma_peak_f32"};
  }
  for (const char* name : {"generated_rank_one_f64", "entries_f64", "sparse_f64", "distance_f64"}) {
    all.push_back(operator_case(name, of));
    all.back().limits = {"fma_peak_f64"};
  }
  return all;
}

/// Several problems on one operator, and one of them alone.
case_group batches(const settings& chosen) {
  const shape of = paper_shape(chosen);
  constexpr std::size_t problems = 16;
  bench_case together = batch_case(of, problems), alone = operator_case("dense_f32", of);
  alone.name = "batch1_f32";
  alone.is_operator = false;
  together.limits = {"read_f32", "fma_peak_f32"};
  together.compared = {{"speedup_over_openblas_full_batch", "openblas_full_batch16_f32", yardstick::openblas},
                       {"speedup_over_eigen_full_batch", "eigen_full_batch16_f32", yardstick::eigen},
                       {"speedup_per_problem", alone.name, yardstick::none, static_cast<double>(problems)}};
  case_group all = full_batch_cases<float>(of, problems);
  append(all, read_cases<float>(of));
  append(all, {fma_peak_case<float>(of), alone, together});
  return all;
}

/// n = 64, m = 2000: 17 MB, in the last cache of a server, so that threads and not memory are measured. And
/// n = 32, m = 640, r = 8: 1.35 MB, which fit the second level where that has two, or nearly where it has
/// one.
case_group cached(const settings& chosen) {
  const shape of{64, 2000, paper_rank, 2, chosen.isa}, small{32, 640, 8, 1, chosen.isa};
  bench_case one_thread = operator_case("dense_f32", on_one_thread(of));
  one_thread.name = "in_cache_f32_1_thread";
  bench_case two_threads = operator_case("dense_f32", of);
  two_threads.name = "in_cache_f32_2_threads";
  two_threads.compared = {{"threads.speedup_2", one_thread.name}};
  bench_case small_dense = operator_case("dense_f32", small);
  small_dense.name = "small_dense_f32";
  small_dense.limits = {"fma_peak_f32_1_thread"};
  one_thread.is_operator = two_threads.is_operator = small_dense.is_operator = false;
  bench_case halves = halves_at_once("dense_f32", of, one_thread, "threads.limit_2");
  halves.name = "in_cache_f32_halves";
  return {fma_peak_case<float>(on_one_thread(of), "_1_thread"), one_thread, two_threads, halves, small_dense};
}

}  // namespace

std::vector<case_group> every_group(const settings& chosen) {
  const case_group single = single_precision(chosen), doubles = double_precision(chosen);
  case_group both = thin_operators(chosen);
  // An operator that no group names is measured all the same, beside those with costs of their own.
  for (const operator_kind& kind : operator_kinds()) {
    const auto names_it = [&](const case_group& group) {
      return std::any_of(group.begin(), group.end(),
                         [&](const bench_case& one) { return one.name == kind.name; });
    };
    if (names_it(single) || names_it(doubles) || names_it(both)) continue;
    both.push_back(operator_case(kind.name, paper_shape(chosen, rank_one_rank)));
    both.back().limits = {kind.is_single ? "fma_peak_f32" : "fma_peak_f64"};
  }
  return {single,
          doubles,
          both,
          cached(chosen),
          batches(chosen),
          kernel_cases(chosen),
          small_rank_cases(chosen),
          localisation_cases(chosen)};
}

}  // namespace tinyrank::bench
