// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstring>

#include "checkpoint_testing.hpp"
#include "lib/solver/saved_run.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("checkpoint");

TEST_CASE("a saved run whose checksum holds is read with care, too") {
  const gaussian_sensing<double> sensing{8, 60, 3};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, 8, 2, 2);
  constexpr std::size_t version_at = 8, order_at = 12, bytes_at = 16, header = 64, sum = 8;
  const auto put = [](std::vector<std::byte>& saved_run, std::size_t at, auto value) {
    std::memcpy(saved_run.data() + at, &value, sizeof value);
  };
  const auto sealed = [&](std::vector<std::byte> saved_run) {
    put(saved_run, bytes_at, static_cast<std::uint64_t>(saved_run.size()));
    put(saved_run, saved_run.size() - sum, hash_bytes(saved_run.data(), saved_run.size() - sum));
    return saved_run;
  };
  using stairs_run = owned<staircase<double>, gaussian_sensing<double>, double, staircase_options<double>>;
  stairs_run stairs(sensing, y, {}), second(sensing, y, {});
  while (stairs.run.phase != staircase_phase::descend) step(stairs.run);
  const std::vector<std::byte> kept = saved(stairs.run);
  const auto tried = [&](const std::vector<std::byte>& bytes) {
    return restore(second.run, bytes.data(), bytes.size());
  };
  REQUIRE(tried(sealed(kept)) == restored::ok);
  SUBCASE("by another version, or another byte order") {
    std::vector<std::byte> other = kept;
    put(other, version_at, std::uint32_t{99});
    CHECK(tried(sealed(other)) == restored::version);
    other = kept;
    put(other, order_at, std::uint32_t{0x01000000});
    CHECK(tried(sealed(other)) == restored::kind);
    CHECK(save(stairs.run, nullptr, kept.size()) == 0);
  }
  SUBCASE("with less behind its header than the run has, or more") {
    for (const std::size_t size : {header + sum, header + sum + 8, kept.size() - 8, kept.size() + 8}) {
      std::vector<std::byte> other = kept;
      other.resize(size);
      CHECK(tried(sealed(other)) == restored::sensing);
    }
  }
  SUBCASE("with factors that lie outside the arena") {
    std::size_t refused = 0;
    const std::byte* const begin = second.memory.data();
    const std::byte* const end = begin + second.memory.size();
    const auto is_inside = [&](factor_view<const double> u) {
      const auto* const at = reinterpret_cast<const std::byte*>(u.data);
      return u.rank == 0 || at == nullptr ||
             (at >= begin && at < end &&
              u.rank <= static_cast<std::size_t>(end - at) / sizeof(double) / u.stride);
    };
    // A view is a block's number, an offset in bytes and a rank. What looks like one is bent in each of them.
    constexpr std::size_t offset_at = 4, rank_at = 12, view_bytes = 20;
    for (std::size_t at = header; at + view_bytes <= kept.size() - sum; ++at) {
      std::uint32_t block = 0;
      std::uint64_t offset = 0, rank = 0;
      std::memcpy(&block, kept.data() + at, sizeof block);
      std::memcpy(&offset, kept.data() + at + offset_at, sizeof offset);
      std::memcpy(&rank, kept.data() + at + rank_at, sizeof rank);
      if (block >= place_list::most || offset % sizeof(double) != 0 || offset > second.memory.size() ||
          rank == 0 || rank > 8)
        continue;
      const auto check_bent = [&](std::size_t place, auto value) {
        std::vector<std::byte> other = kept;
        put(other, at + place, value);
        if (tried(sealed(other)) != restored::ok) ++refused;
        const staircase<double>& run = second.run;
        CHECK((is_inside(run.factor) && is_inside(run.directions) && is_inside(run.freedom) &&
               is_inside(run.kept) && is_inside(run.inner.factor) && is_inside(run.inner.gradient)));
      };
      check_bent(0, std::uint32_t{place_list::most - 1});
      check_bent(0, std::uint32_t{0x7fffffff});
      check_bent(offset_at, offset + 4);
      check_bent(offset_at, std::uint64_t{1} << 40);
      check_bent(rank_at, std::uint64_t{1} << 20);
      check_bent(rank_at, ~std::uint64_t{0});
    }
    CHECK(refused >= 12);
    CHECK(tried(kept) == restored::ok);
    CHECK(same_state(stairs.run, second.run));
  }
}

TEST_CASE("a run by a method that does not say what its state is cannot be saved") {
  const gaussian_sensing<double> sensing{8, 60, 3};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const std::vector<double> y = measured_truth<double>(table, 8, 2, 2);
  momentum_options<double> options;
  options.rank = 3;
  owned<descent<double>, gaussian_sensing<double>, double, momentum_options<double>> first(sensing, y,
                                                                                           options);
  std::vector<std::byte> kept = saved(first.run);
  descent_method<double> silent = *first.run.method;
  silent.state_lines = 0;
  first.run.method = &silent;
  CHECK(saved_bytes(first.run) == 0);
  CHECK(save(first.run, kept.data(), kept.size()) == 0);
  CHECK(restore(first.run, kept.data(), kept.size()) == restored::kind);
}

TEST_SUITE_END();
