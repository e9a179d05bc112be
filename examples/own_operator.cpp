// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A sensing operator of one's own: two verbs are enough. A_i = (e_j e_k^T + e_k e_j^T) / 2 measures entry
// (j, k) of the unknown matrix; every entry but one in five is measured.

#include <cstdio>
#include <tinyrank/tinyrank.hpp>

using namespace tinyrank;

constexpr std::size_t points = 12, most = points * points;

struct known_entries {
  std::size_t n = points, measurement_count = 0;
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

int main() {
  static known_entries entries;
  static double y[most];
  for (std::size_t k = 0; k < most; ++k) {
    const std::size_t j = k / points, l = k % points;
    if (l > j || (3 * j + l) % 5 == 0) continue;
    entries.row[entries.measurement_count] = j;
    entries.column[entries.measurement_count] = l;
    y[entries.measurement_count++] = static_cast<double>((j + 1) * (l + 1));  // of rank 1
  }
  alignas(64) static std::byte memory[65536];
  sensing_operator<double> table;
  operator_report checked;
  staircase<double> run;
  if (make_operator(entries, table) != status::ok) return 1;
  if (check_operator(table, check_options<double>{}, memory, sizeof memory, checked) != status::ok) return 1;
  if (init(run, entries, y, staircase_options<double>{}, memory, sizeof memory) != status::ok) return 1;
  run_to_end(run);
  std::printf("operator: %s; %s: entry (0, 5), not measured, is %.3f\n",
              checked.passed() ? "passed" : "failed", to_string(run.report.verdict),
              run.factor(0, 0) * run.factor(5, 0));
}
