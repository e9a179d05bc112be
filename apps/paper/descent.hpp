// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "experiment.hpp"
#include "memory.hpp"
#include "problem.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace tinyrank::app {

/// One run of gradient descent with given step and scale; nothing but `watch` stops it.
template <class T>
struct start {
  std::size_t rank = 0;
  T step_size = 0;
  T initial_scale = 0;
  std::uint64_t seed = 1;
  initial_law law = initial_law::gaussian;
};

template <class T>
struct placed_run {
  aligned_buffer<std::byte> arena;
  gradient_descent<T> run;
  bool active = true;
};

template <class T>
void place_run(placed_run<T>& made, const sensing_operator<T>& a, const T* y, const start<T>& from,
               execution_plan plan, const std::string& saved) {
  gradient_descent_options<T> options;
  options.rank = from.rank;
  options.step_size = from.step_size;
  options.initial_scale = from.initial_scale;
  options.law = from.law;
  options.seed = from.seed;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = std::numeric_limits<std::uint32_t>::max();
  options.plan = plan;
  std::vector<T> factor(saved.size() / sizeof(T));
  if (!saved.empty()) {
    std::memcpy(factor.data(), saved.data(), saved.size());
    options.initial_factor = factor.data();
  }
  made.arena =
      aligned_buffer<std::byte>("r = " + std::to_string(from.rank), gradient_descent_bytes(a, options));
  require_ok("gradient descent",
             init_operator(made.run, a, y, options, made.arena.data(), made.arena.size()));
}

template <class T>
std::string factor_bytes(factor_view<const T> u) {
  std::string bytes(u.n * u.rank * sizeof(T), '\0');
  for (std::size_t j = 0; j < u.n; ++j) {
    for (std::size_t c = 0; c < u.rank; ++c) {
      std::memcpy(bytes.data() + (j * u.rank + c) * sizeof(T), &u(j, c), sizeof(T));
    }
  }
  return bytes;
}

/// One update of every active run, all on the same operator.
template <class T>
void advance(std::vector<placed_run<T>>& runs) {
  for (placed_run<T>& each : runs) {
    if (each.active) step(each.run);
  }
}

/// A stage of an experiment: runs on one operator, side by side, up to `limit` iterations. watch(i, t, run)
/// looks at run i after t updates, makes its rows, and returns whether the run goes on. A fixed step leaves
/// gradient descent without memory but U, so a checkpoint keeps U and t.
template <class T>
void descend(experiment& paper, const std::string& title, const sensing_operator<T>& a, const T* y,
             const std::vector<start<T>>& starts, std::uint32_t limit, std::size_t expected_iterations,
             const std::function<bool(std::size_t, std::uint32_t, const gradient_descent<T>&)>& watch) {
  if (!paper.begin_stage(title, expected_iterations)) return;
  const saved_state from = paper.restored();
  std::uint32_t t = from.iteration;
  std::vector<placed_run<T>> runs(starts.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool ended = !from.blocks.empty() && from.blocks[i].empty();
    runs[i].active = !ended;
    if (ended) continue;
    place_run(runs[i], a, y, starts[i], paper.settings().plan,
              from.blocks.empty() ? std::string() : from.blocks[i]);
  }
  std::string detail;
  const auto look = [&] {
    std::size_t active = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i].active) continue;
      runs[i].active = watch(i, t, runs[i].run) && runs[i].run.report.result == outcome::running;
      if (runs[i].active) {
        ++active;
      } else {
        runs[i].arena = {};
      }
    }
    paper.flush(t, std::to_string(active) + (active == 1 ? " run" : " runs"));
    return active != 0;
  };
  bool going = !from.blocks.empty() || look();
  while (going && t < limit) {
    advance(runs);
    ++t;
    going = look();
    if (!going || !paper.checkpoint_due()) continue;
    saved_state state{t, {}};
    for (const placed_run<T>& each : runs) {
      state.blocks.push_back(each.active ? factor_bytes<T>(each.run.factor) : std::string());
    }
    paper.checkpoint(state);
  }
  paper.end_stage();
}

}  // namespace tinyrank::app
