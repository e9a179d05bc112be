// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A sensing operator of one's own: two verbs are enough. Here each A_i is half of e_j e_k^T + e_k e_j^T, an
// entry of the unknown matrix; every entry but one in five is measured.

#include <cstdio>
#include <tinyrank/tinyrank.hpp>

using namespace tinyrank;

namespace {

constexpr std::size_t points = 12, most = points * points;

struct known_entries {
  std::size_t n = points;
  std::size_t measurement_count = 0;
  std::size_t row[most] = {}, column[most] = {};

  /// y_i = <A_i, U U^T>
  void measure(const workspace<double>&, factor_view<const double> u, double* y) const {
    for (std::size_t i = 0; i < measurement_count; ++i) {
      y[i] = 0;
      for (std::size_t c = 0; c < u.rank; ++c) y[i] += u(row[i], c) * u(column[i], c);
    }
  }

  /// out = (sum_i w_i A_i) V
  void adjoint_times(const workspace<double>&, const double* w, factor_view<const double> v,
                     factor_view<double> out) const {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = 0;
    for (std::size_t i = 0; i < measurement_count; ++i) {
      for (std::size_t c = 0; c < v.rank; ++c) {
        out(row[i], c) += 0.5 * w[i] * v(column[i], c);
        out(column[i], c) += 0.5 * w[i] * v(row[i], c);
      }
    }
  }
};

/// The truth has rank 1: entry (j, k) is (j + 1) (k + 1).
double truth(std::size_t j, std::size_t k) {
  return static_cast<double>((j + 1) * (k + 1));
}

}  // namespace

int main() {
  static known_entries entries;
  static double y[most];
  for (std::size_t j = 0; j < points; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      if ((3 * j + k) % 5 == 0) continue;
      entries.row[entries.measurement_count] = j;
      entries.column[entries.measurement_count] = k;
      y[entries.measurement_count++] = truth(j, k);
    }
  }
  alignas(64) static std::byte memory[32768];
  sensing_operator<double> table;
  operator_report checked;
  if (make_operator(entries, table) != status::ok ||
      check_operator(table, check_options<double>{}, memory, sizeof memory, checked) != status::ok ||
      !checked.passed()) {
    std::puts("the operator does not keep the contract of sensing.hpp");
    return 1;
  }
  descent<double> run;
  const gradient_descent_options<double> options{.rank = 2, .relative_tolerance = 1e-12};
  if (init(run, entries, y, options, memory, sizeof memory) != status::ok) return 1;
  const outcome ended = run_to_end(run);
  const auto u = run.factor;
  const double found = u(0, 0) * u(5, 0) + u(0, 1) * u(5, 1);
  std::printf("%s: entry (0, 5), not measured, is %.3f; the truth is %.3f\n", to_string(ended), found,
              truth(0, 5));
  return ended == outcome::recovered && found - truth(0, 5) < 0.01 && truth(0, 5) - found < 0.01 ? 0 : 1;
}
