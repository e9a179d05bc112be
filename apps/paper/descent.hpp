// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "experiment.hpp"
#include "memory.hpp"
#include "problem.hpp"
#include "tinyrank/batch.hpp"
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

/// A start that factor_bytes gave, or none.
template <class T>
std::vector<T> saved_start(const std::string& bytes) {
  std::vector<T> factor(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(factor.data(), bytes.data(), bytes.size());
  return factor;
}

/// Nothing but the caller ends such a run.
template <class T, class Sensing>
void place_run(descent<T>& run, aligned_buffer<std::byte>& arena, const Sensing& a, const T* y,
               const start<T>& from, execution_plan plan, const std::string& saved) {
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
  const std::vector<T> factor = saved_start<T>(saved);
  if (!factor.empty()) options.initial_factor = factor.data();
  arena = aligned_buffer<std::byte>("r = " + std::to_string(from.rank), descent_bytes(a, options));
  require_ok("gradient descent", init(run, a, y, options, arena.data(), arena.size()));
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

/// A stage of an experiment: a batch of runs on one operator, up to `limit` iterations. watch(i, t, run)
/// looks at run i after t updates, makes its rows, and returns whether the run goes on. A fixed step leaves
/// gradient descent without memory but U, so a checkpoint keeps U and t.
template <class T, class Sensing>
void descend(experiment& paper, const std::string& title, const Sensing& a, const T* y,
             const std::vector<start<T>>& starts, std::uint32_t limit, std::size_t expected_iterations,
             const std::function<bool(std::size_t, std::uint32_t, const descent<T>&)>& watch) {
  if (!paper.begin_stage(title, expected_iterations)) return;
  const saved_state from = paper.restored();
  const execution_plan plan = paper.settings().plan;
  std::uint32_t t = from.iteration;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (from.blocks.empty() || !from.blocks[i].empty()) numbers.push_back(i);
  }
  std::vector<descent<T>> runs(numbers.size());
  std::vector<aligned_buffer<std::byte>> arenas(numbers.size());
  for (std::size_t k = 0; k < runs.size(); ++k) {
    place_run(runs[k], arenas[k], a, y, starts[numbers[k]], plan,
              from.blocks.empty() ? std::string() : from.blocks[numbers[k]]);
  }
  const aligned_buffer<std::byte> shared(title, batch_bytes<T>(a, runs.size(), plan));
  batch<T> all;
  require_ok(title, init_batch(all, a, runs.data(), runs.size(), shared.data(), shared.size()));
  const auto look = [&] {
    std::size_t active = 0;
    for (std::size_t k = 0; k < runs.size(); ++k) {
      descent<T>& run = runs[k];
      // A run that ended by itself, because its loss is zero or it diverged, is looked at once more.
      if (run.report.iterations + from.iteration != t) continue;
      if (!watch(numbers[k], t, run)) stop(run);
      active += run.report.result == outcome::running ? 1 : 0;
    }
    paper.flush(t, std::to_string(active) + (active == 1 ? " run" : " runs"));
    return active != 0;
  };
  bool going = !from.blocks.empty() || look();
  while (going && t < limit) {
    step_batch(all);
    ++t;
    going = look();
    if (!going || !paper.checkpoint_due()) continue;
    saved_state state{t, std::vector<std::string>(starts.size())};
    for (std::size_t k = 0; k < runs.size(); ++k) {
      if (runs[k].report.result == outcome::running)
        state.blocks[numbers[k]] = factor_bytes<T>(runs[k].factor);
    }
    paper.checkpoint(state);
  }
  paper.end_stage();
}

}  // namespace tinyrank::app
