// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/operators.hpp"

#include <algorithm>

namespace tinyrank::bench {
namespace {

/// An operator of the catalogue and a run on it.
template <class Row, class T>
struct timed_operator {
  explicit timed_operator(const shape& of)
      : held_(share_operator<Row, T>(of)), problem_(held_->a, of.rank, of.threads, of.isa) {}
  void run() { loss_ = problem_.loss_and_gradient(); }

 private:
  std::shared_ptr<const stored_operator<Row, T>> held_;
  gradient_problem<T> problem_;
  volatile T loss_ = 0;
};

double real(std::size_t count) {
  return static_cast<double>(count);
}

/// The stored operator, y, U and the gradient.
template <class Row, class T>
double bytes_of(const shape& of) {
  const std::size_t stored =
      measured_bytes([&](arena& memory) { Row::template place<T>(of.n, of.m, 0, memory); });
  return real(stored) + real((of.m + 2 * of.n * of.rank) * sizeof(T));
}

template <class Row, class T>
operator_kind kind_of() {
  constexpr bool single = sizeof(T) == sizeof(float);
  const char* const given = Row::timed_as[single ? 0 : 1];
  return {.name = given != nullptr ? given : std::string(Row::name) + (single ? "_f32" : "_f64"),
          .is_single = single,
          .nearest = [](const shape& of) -> shape {
            shape found = of;
            found.n = Row::nearest_n(of.n);
            found.m = std::min(of.m, Row::most_measurements(found.n));
            return found;
          },
          .prepare = [](const shape& of) -> prepared_case {
            const auto timed = std::make_shared<timed_operator<Row, T>>(of);
            return [timed] { timed->run(); };
          },
          .bytes = bytes_of<Row, T>,
          .flops = [](const shape& of) { return real(Row::flops(of.n, of.m, of.rank)); },
          .draws = [](const shape& of) { return real(Row::draws(of.n, of.m)); }};
}

}  // namespace

const std::vector<operator_kind>& operator_kinds() {
  static const std::vector<operator_kind> kinds = [] {
    std::vector<operator_kind> all;
    catalogue::for_every_operator([&](auto row) {
      all.push_back(kind_of<decltype(row), float>());
      all.push_back(kind_of<decltype(row), double>());
    });
    return all;
  }();
  return kinds;
}

const operator_kind& operator_named(const std::string& name) {
  for (const operator_kind& kind : operator_kinds()) {
    if (name == kind.name) return kind;
  }
  throw std::logic_error("no operator is called " + name);
}

bench_case operator_case(const std::string& name, const shape& asked, const char* suffix) {
  const operator_kind& kind = operator_named(name);
  const shape of = kind.nearest(asked);
  return {.name = name + suffix,
          .prepare = [&kind, of] { return kind.prepare(of); },
          .bytes = kind.bytes(of),
          .flops = kind.flops(of),
          .draws = kind.draws(of),
          .is_operator = true,
          .other_n = of.n == asked.n ? 0 : of.n};
}

}  // namespace tinyrank::bench
