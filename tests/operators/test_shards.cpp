// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <vector>

#include "support.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

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

TEST_SUITE_END();
