// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// What one of several processes has of a sum, kept instead of sent; and the sum of all, given back.
template <class T>
struct collected : shared_sum<T> {
  struct node {
    std::size_t first, size;
    std::vector<T> sum;
    T loss;
  };
  mutable std::vector<node> nodes;
  const node* total = nullptr;

  static void take(const shared_sum<T>& self, const workspace<T>& how, const std::size_t* slots,
                   std::size_t sets, T* const* sums, const std::size_t* counts, T* const* losses) noexcept {
    const auto& mine = static_cast<const collected&>(self);
    CHECK(sets == 1);
    if (mine.total != nullptr) {
      std::copy(mine.total->sum.begin(), mine.total->sum.end(), sums[0]);
      losses[0][0] = mine.total->loss;
      return;
    }
    const std::size_t end = mine.first_shard + how.plan.shards;
    for (std::size_t first = mine.first_shard; first < end;) {
      std::size_t size = 1;
      while (first % (2 * size) == 0 && first + 2 * size <= end) size *= 2;
      const T* const sum = sums[0] + *slots++ * counts[0];
      mine.nodes.push_back({first, size, {sum, sum + counts[0]}, losses[0][first - mine.first_shard]});
      first += size;
    }
  }
};

/// The node of the whole tree: of a process, or of its two halves.
template <class T>
typename collected<T>::node add_up(const std::vector<typename collected<T>::node>& nodes, std::size_t first,
                                   std::size_t size) {
  for (const auto& own : nodes) {
    if (own.first == first && own.size == size) return own;
  }
  REQUIRE(size > 1);
  auto left = add_up<T>(nodes, first, size / 2);
  const auto right = add_up<T>(nodes, first + size / 2, size / 2);
  for (std::size_t k = 0; k < left.sum.size(); ++k) left.sum[k] += right.sum[k];
  left.loss += right.loss;
  left.size = size;
  return left;
}

}  // namespace

TEST_SUITE_BEGIN("shards");

TEST_CASE_TEMPLATE("many shards give the same bits with any number of threads", T, float, double) {
  // Enough work for threads, and some shards with two measurements, with one, with none.
  for (const std::size_t m : {std::size_t{700}, std::size_t{5000}}) {
    const gaussian_sensing<T> a{16, m, 3, gaussian_ensemble::isotropic};
    sensing_operator<T> table;
    REQUIRE(make_operator(a, table) == status::ok);
    owned_factor<T> u(16, 2);
    draw_planted_truth(u.view(), T(2), 4);
    const std::vector<T> y(m, T(0.25));
    T of_few = 0;
    for (const std::uint32_t shards : {64u, 128u, 1024u, 4096u}) {
      owned_factor<T> alone(16, 2);
      const T loss = caller<T>(table, 2, {1, shards}).loss_and_gradient(u.read(), y, alone.view());
      if (shards == 64) of_few = loss;
      CHECK(std::abs(loss - of_few) <= T(m) * std::numeric_limits<T>::epsilon() * of_few);
      for (const std::uint32_t threads : {2u, 3u, 16u, 100u}) {
        if (!has_threads) continue;
        CAPTURE(shards);
        CAPTURE(threads);
        owned_factor<T> spread(16, 2);
        CHECK(caller<T>(table, 2, {threads, shards}).loss_and_gradient(u.read(), y, spread.view()) == loss);
        CHECK(same_bits(alone.read().data, spread.read().data, alone.size()));
      }
    }
  }
}

TEST_CASE("many shards do not take a buffer each") {
  CHECK(shard_buffer_count({1, 4096}) == 13);
  CHECK(shard_buffer_count({2, 64}) == 64);
  // 64 pieces of 64 shards, which each thread folds in six buffers of its own.
  CHECK(shard_buffer_count({2, 4096}) == (has_processes ? 64 + 2 * 6 : 4096));
}

TEST_CASE_TEMPLATE("runs of shards add up to the bits of them all", T, float, double) {
  if (!has_processes) return;
  constexpr std::size_t n = 16, m = 5003, rank = 2;
  owned_factor<T> u(n, rank);
  draw_planted_truth(u.view(), T(2), 4);
  const std::vector<T> y(m, T(0.25));
  sensing_operator<T> table;
  for (const std::uint32_t shards : {16u, 256u}) {
    const gaussian_sensing<T> whole{n, m, 3, gaussian_ensemble::isotropic};
    REQUIRE(make_operator(whole, table) == status::ok);
    owned_factor<T> expected(n, rank);
    const T loss = caller<T>(table, rank, {1, shards}).loss_and_gradient(u.read(), y, expected.view());
    for (const std::uint32_t threads : {1u, 3u}) {
      if (threads > 1 && !has_threads) continue;
      CAPTURE(shards);
      CAPTURE(threads);
      const std::size_t cuts[] = {0, 5, 6, 15, shards};
      std::vector<typename collected<T>::node> nodes;
      typename collected<T>::node total{};
      for (const bool is_second : {false, true}) {
        if (is_second) total = add_up<T>(nodes, 0, shards);
        for (std::size_t p = 0; p < 4; ++p) {
          const std::size_t first = shard_of(cuts[p], shards, m).first;
          const std::size_t end = cuts[p + 1] == shards ? m : shard_of(cuts[p + 1], shards, m).first;
          gaussian_sensing<T> part = whole;
          part.measurement_count = end - first;
          part.first_measurement = first;
          REQUIRE(make_operator(part, table) == status::ok);
          const execution_plan plan{threads, static_cast<std::uint32_t>(cuts[p + 1] - cuts[p])};
          collected<T> shared;
          shared.first_shard = cuts[p];
          shared.measurement_count = m;
          shared.add_up = collected<T>::take;
          shared.total = is_second ? &total : nullptr;
          aligned_vector<std::byte> scratch(scratch_bytes(table, rank, plan));
          const workspace<T> how{find_kernels<T>(instruction_set::automatic), plan, scratch.data(),
                                 scratch.size(), &shared};
          owned_factor<T> gradient(n, rank);
          const T found = table.loss_and_gradient(how, u.read(), y.data() + first, gradient.view());
          nodes.insert(nodes.end(), shared.nodes.begin(), shared.nodes.end());
          if (!is_second) continue;
          CHECK(found == loss);
          CHECK(same_bits(gradient.read().data, expected.read().data, expected.size()));
        }
      }
    }
  }
}

TEST_SUITE_END();
