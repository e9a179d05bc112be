// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "sensing_cases.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

constexpr std::size_t n = 3, m = 5;
constexpr status refusals[] = {status::dimension,
                               status::rank,
                               status::measurement_count,
                               status::size_overflow,
                               status::operator_data,
                               status::pair_index,
                               status::measurements,
                               status::initial_factor,
                               status::step_size,
                               status::initial_scale,
                               status::tolerance,
                               status::threads,
                               status::shards,
                               status::instruction_set,
                               status::arena_null,
                               status::arena_misaligned,
                               status::arena_too_small};

/// Calls init with one argument changed, and remembers the refusals that were seen.
template <class T>
class prober {
 public:
  prober() : sensing_(0, n, m), y_(m, T(1)), memory_(1 << 16, pattern) {}

  template <class Change>
  void expect(status expected, Change change) {
    gradient_descent_options<T> options;
    options.rank = 2;
    std::vector<T> y = y_;
    sensing_operator<T> table = sensing_.table;
    change(table, y, options);
    check(expected, table, y.empty() ? nullptr : y.data(), options, memory_.data(), memory_.size());
  }
  template <class Sensing>
  void expect_operator(status expected, const Sensing& a) {
    gradient_descent_options<T> options;
    options.rank = 2;
    check(expected, a, y_.data(), options, memory_.data(), memory_.size());
  }
  void expect_arena(status expected, std::byte* buffer, std::size_t bytes) {
    gradient_descent_options<T> options;
    options.rank = 2;
    check(expected, sensing_.table, y_.data(), options, buffer, bytes);
  }
  std::byte* memory() { return memory_.data(); }
  bool saw_every_refusal() const { return seen_.size() == std::size(refusals); }

 private:
  template <class Sensing>
  void check(status expected, const Sensing& a, const T* y, const gradient_descent_options<T>& options,
             std::byte* buffer, std::size_t bytes) {
    CAPTURE(std::string(to_string(expected)));
    CHECK(refuses<T>(expected, a, y, options, memory_, buffer, bytes));
    seen_.insert(expected);
  }

  sensing_case<T> sensing_;
  std::vector<T> y_;
  aligned_vector<std::byte> memory_;
  std::set<status> seen_;
};

}  // namespace

TEST_SUITE_BEGIN("status");

TEST_CASE_TEMPLATE("every bad argument has its status and leaves everything untouched", T, float, double) {
  using limits = std::numeric_limits<T>;
  using table = sensing_operator<T>;
  using values = std::vector<T>;
  using settings = gradient_descent_options<T>;
  prober<T> probe;
  const T not_finite[] = {limits::quiet_NaN(), limits::infinity(), -limits::infinity()};

  probe.expect(status::dimension, [](table& a, values&, settings&) { a.n = 0; });
  probe.expect(status::dimension, [](table& a, values&, settings&) { a.n = largest_dimension + 1; });
  probe.expect(status::dimension, [](table& a, values&, settings&) { a.n = SIZE_MAX; });
  probe.expect(status::measurement_count, [](table& a, values&, settings&) { a.measurement_count = 0; });
  probe.expect(status::rank, [](table&, values&, settings& o) { o.rank = 0; });
  probe.expect(status::size_overflow, [](table&, values&, settings& o) { o.rank = SIZE_MAX; });
  probe.expect(status::measurements, [](table&, values& y, settings&) { y.clear(); });
  for (std::size_t at = 0; at < m; ++at) {
    for (const T bad : not_finite) {
      probe.expect(status::measurements, [=](table&, values& y, settings&) { y[at] = bad; });
    }
  }
  for (const T given : {T(0), T(0.1)}) {
    probe.expect(status::measurements, [=](table&, values& y, settings& o) {
      y.assign(m, T(0));
      (given == 0 ? o.initial_scale : o.step_size) = T(0.1);
    });
  }
  probe.expect(status::measurements, [](table&, values& y, settings&) { y.assign(m, limits::max()); });
  values initial(n * 2, T(1));
  for (std::size_t at = 0; at < initial.size(); ++at) {
    for (const T bad : not_finite) {
      probe.expect(status::initial_factor, [&](table&, values&, settings& o) {
        initial.assign(n * 2, T(1));
        initial[at] = bad;
        o.initial_factor = initial.data();
      });
    }
  }
  for (const T bad :
       {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), T(-1), -limits::denorm_min()}) {
    probe.expect(status::step_size, [=](table&, values&, settings& o) { o.step_size = bad; });
    probe.expect(status::initial_scale, [=](table&, values&, settings& o) { o.initial_scale = bad; });
    probe.expect(status::tolerance, [=](table&, values&, settings& o) { o.tolerance = bad; });
    probe.expect(status::tolerance, [=](table&, values&, settings& o) { o.relative_tolerance = bad; });
    probe.expect(status::tolerance, [=](table&, values&, settings& o) { o.plateau_tolerance = bad; });
  }
  for (const std::uint32_t bad : {0u, 1025u, 0xffffffffu}) {
    probe.expect(status::threads, [=](table&, values&, settings& o) { o.plan.threads = bad; });
  }
  if (!has_threads) {
    probe.expect(status::threads, [](table&, values&, settings& o) { o.plan.threads = 2; });
  }
  for (const std::uint32_t bad : {0u, 3u, 48u, 65u, 8192u, 0x80000000u, 0xffffffffu}) {
    probe.expect(status::shards, [=](table&, values&, settings& o) { o.plan.shards = bad; });
  }
  probe.expect(status::instruction_set,
               [](table&, values&, settings& o) { o.isa = static_cast<instruction_set>(99); });
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) {
      probe.expect(status::instruction_set, [=](table&, values&, settings& o) { o.isa = isa; });
    }
  }
  probe.expect_operator(status::operator_data, dense_sensing<T>{n, m, nullptr});
  const index_pair pairs[m] = {{0, 1}, {0, 2}, {1, 2}, {1, 0}, {2, 3}};
  probe.expect_operator(status::pair_index, distances_sensing<T>{n, m, pairs});
  probe.expect_arena(status::arena_null, nullptr, 1 << 16);
  probe.expect_arena(status::arena_misaligned, probe.memory() + 8, (1 << 16) - 64);
  probe.expect_arena(status::arena_too_small, probe.memory(), 0);
  CHECK(probe.saw_every_refusal());
}

TEST_CASE("good limits are accepted") {
  const sensing_case<double> sensing(0, n, m);
  const std::vector<double> y(m, 1.0);
  for (const std::uint32_t shards : {1u, 2u, 4u, 8u, 16u, 32u, 64u, 1024u, 4096u}) {
    gradient_descent_options<double> options;
    options.rank = 2;
    options.plan.shards = shards;
    owned_run<double> owned;
    CHECK(owned.start(sensing.table, y, options) == status::ok);
  }
  gradient_descent_options<double> options;
  options.rank = 2;
  options.step_size = 0.1;
  options.initial_scale = 0.1;
  owned_run<double> owned;
  CHECK(owned.start(sensing.table, std::vector<double>(m, 0.0), options) == status::ok);
}

TEST_CASE_TEMPLATE("measurements that give no scale are refused, and the run stays untouched", T, float,
                   double) {
  // y is not zero, but A^*(y) is.
  alignas(64) static const T rows[2 * packed_stride<T>(n)] = {};
  const dense_sensing<T> vanishing{n, 2, rows};
  const T y[2] = {T(1), T(-1)};
  gradient_descent_options<T> options;
  options.rank = 1;
  aligned_vector<std::byte> memory(1 << 14, pattern);
  descent<T> run;
  run.report.iterations = 4711;
  CHECK(init(run, vanishing, y, options, memory.data(), memory.size()) == status::measurements);
  CHECK(run.report.iterations == 4711);
  CHECK(run.factor.data == nullptr);
}

TEST_CASE("an enumeration that has none of its values is refused") {
  const std::vector<float> y(8, 1.0f);
  for (const std::int32_t law : {2, 5, -1}) {
    for (const std::int32_t ensemble : {0, 2, 5, -1}) {
      gaussian_sensing<float> a{4, 8, 1};
      a.ensemble = static_cast<gaussian_ensemble>(ensemble);
      gradient_descent_options<float> options;
      options.rank = 1;
      options.law = static_cast<initial_law>(ensemble == 0 ? law : 0);
      aligned_vector<std::byte> memory(descent_bytes(a, options), pattern);
      descent<float> run;
      CHECK(init(run, a, y.data(), options, memory.data(), memory.size()) ==
            (ensemble == 0 ? status::initial_factor : status::operator_data));
      CHECK(untouched(memory));
      float row[16];
      const status filled = fill_gaussian_rows(4, 0, 1, 1, a.ensemble, row);
      CHECK(filled == (ensemble == 0 ? status::ok : status::operator_data));
    }
  }
}

TEST_CASE("every status and outcome has its own text") {
  std::set<std::string> texts;
  for (const status value : refusals) texts.insert(to_string(value));
  texts.insert(to_string(status::ok));
  CHECK(texts.size() == std::size(refusals) + 1);
  CHECK(texts.count("unknown status") == 0);
  CHECK(to_string(static_cast<status>(-1)) == std::string("unknown status"));
  std::set<std::string> outcomes;
  for (const outcome value : {outcome::running, outcome::recovered, outcome::plateau,
                              outcome::iteration_limit, outcome::diverged}) {
    outcomes.insert(to_string(value));
  }
  CHECK(outcomes.size() == 5);
  CHECK(outcomes.count("recovered") == 1);
  CHECK(to_string(static_cast<outcome>(-1)) == std::string("unknown outcome"));
}

TEST_SUITE_END();
