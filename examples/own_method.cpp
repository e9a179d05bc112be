// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A method of descent of one's own: gradient descent with the step sizes of Barzilai & Borwein (IMA Journal
// of Numerical Analysis 8, 1988), mu = <S, S> / <S, D> for the last changes S of U and D of the gradient. The
// run does the rest: start, checks, memory, stopping, and taking a step back whose loss grows.

#include <cstddef>
#include <cstdio>
#include <tinyrank/tinyrank.hpp>

using namespace tinyrank;

namespace {

struct borwein_options : descent_options<double> {
  double longest = 16;  ///< in units of the run's step size
};

/// What the method keeps in the arena.
struct borwein_state {
  double longest = 0;
  bool moved = false;
  double* factor = nullptr;  ///< of the iteration before, and its gradient
  double* gradient = nullptr;
};

constexpr void* place(arena& memory, std::size_t n, std::size_t,
                      const descent_options<double>& options) noexcept {
  auto* state = memory.take<borwein_state>(1);
  double* factor = memory.take<double>(padded<double>(n), options.rank);
  double* gradient = memory.take<double>(padded<double>(n), options.rank);
  if (state != nullptr)
    *state = {static_cast<const borwein_options&>(options).longest, false, factor, gradient};
  return state;
}

void propose(descent<double>& run, factor_view<double> next) noexcept {
  auto& own = *static_cast<borwein_state*>(run.state);
  const std::size_t count = next.rank * next.stride;
  double step = run.report.step_size;
  if (own.moved) {
    double squares = 0, curvature = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const double change = run.factor.data[k] - own.factor[k];
      squares += change * change;
      curvature += change * (run.gradient.data[k] - own.gradient[k]);
    }
    const double longest = own.longest * step;
    step = curvature * longest > squares ? squares / curvature : longest;
  }
  own.moved = true;
  for (std::size_t k = 0; k < count; ++k) {
    own.factor[k] = run.factor.data[k];
    own.gradient[k] = run.gradient.data[k];
    next.data[k] = own.factor[k] - step * own.gradient[k];
  }
}

bool restart(descent<double>& run) noexcept {
  auto& own = *static_cast<borwein_state*>(run.state);
  const bool moved = own.moved;
  own.moved = false;
  return moved;
}

constexpr descent_method<double> borwein_method{.name = "Barzilai-Borwein",
                                                .propose = propose,
                                                .place = place,
                                                .restart = restart,
                                                .state_values = offsetof(borwein_state, factor),
                                                .state_lines = 1};

/// Found by the type of the options.
constexpr const descent_method<double>& method_of(const borwein_options&) noexcept {
  return borwein_method;
}

/// Iterations to a residual of a thousandth of y; 0 when there is none.
template <class Options>
std::uint32_t iterations(const gaussian_sensing<double>& sensing, const double* y, Options options) {
  alignas(64) static std::byte memory[65536];
  options.rank = 2;
  options.relative_tolerance = 1e-6;
  descent<double> run;
  if (init(run, sensing, y, options, memory, sizeof memory) != status::ok) return 0;
  return run_to_end(run) == outcome::recovered ? run.report.iterations : 0;
}

}  // namespace

int main() {
  static constexpr gaussian_sensing<double> sensing{16, 400, 1};
  alignas(64) static double cells[factor_count<double>(16, 2)], y[400];
  alignas(64) static std::byte memory[scratch_bytes(sensing, 2, {})];
  const factor_view<double> truth{cells, 16, 2, padded<double>(16)};
  draw_planted_truth(truth, 10.0, 1);
  sensing_operator<double> table;
  workspace<double> how;
  if (make_operator(sensing, table) != status::ok ||
      make_workspace(how, table, 2, {}, instruction_set::automatic, memory, sizeof memory) != status::ok) {
    return 1;
  }
  table.measure(how, truth, y);
  const std::uint32_t plain = iterations(sensing, y, gradient_descent_options<double>{});
  const std::uint32_t own = iterations(sensing, y, borwein_options{});
  std::printf("gradient descent %u iterations, Barzilai-Borwein %u\n", plain, own);
  return own != 0 && (plain == 0 || own < plain / 2) ? 0 : 1;
}
