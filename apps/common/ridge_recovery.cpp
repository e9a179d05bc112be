// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "ridge_recovery.hpp"

#include <algorithm>
#include <cmath>

#include "error.hpp"
#include "memory.hpp"
#include "recovery.hpp"
#include "ridge_checkpoint.hpp"
#include "spectrum.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/ridge.hpp"

namespace tinyrank::app {
namespace {

namespace rules {
constexpr double accuracy = 1e-3;        ///< of the gradient, in units of the penalty's
constexpr double on_the_way = 1e-2;      ///< the same of fits but the last
constexpr double ratio = 0.8;            ///< of a lambda and the one before
constexpr double smallest = 1e-3;        ///< of the largest: the end of the path
constexpr int most_worse = 4;            ///< lambdas in a row
constexpr double share = 0.1;            ///< that is held out
constexpr std::size_t fewest_held = 10;  ///< less say nothing
constexpr double counted = 1e-3;         ///< of the largest singular value
constexpr double fresh = 0.1;            ///< of U: what is added to columns that may have vanished
}  // namespace rules

/// diag(s) A, with m measurements as before: s is 0 where one is held out, else the root of its weight.
template <class T>
struct scaled_rows {
  const sensing_operator<T>& inner;
  const std::vector<T>& scale;
  std::size_t n = inner.n, measurement_count = inner.measurement_count;

  [[nodiscard]] std::size_t own_bytes() const noexcept {
    return (measurement_count * sizeof(T) + arena_alignment - 1) / arena_alignment * arena_alignment;
  }
  [[nodiscard]] std::size_t scratch_bytes(std::size_t rank, execution_plan plan) const noexcept {
    const std::size_t theirs = tinyrank::scratch_bytes(inner, rank, plan);
    return theirs > SIZE_MAX - own_bytes() ? SIZE_MAX : theirs + own_bytes();
  }
  void measure(const workspace<T>& how, factor_view<const T> u, T* y) const noexcept {
    inner.measure(theirs(how), u, y);
    for (std::size_t i = 0; i < measurement_count; ++i) y[i] *= scale[i];
  }
  void adjoint_times(const workspace<T>& how, const T* w, factor_view<const T> v,
                     factor_view<T> out) const noexcept {
    T* scaled = reinterpret_cast<T*>(how.scratch);
    for (std::size_t i = 0; i < measurement_count; ++i) scaled[i] = scale[i] * w[i];
    inner.adjoint_times(theirs(how), scaled, v, out);
  }
  void project(factor_view<T> u) const noexcept { inner.project(u); }
  [[nodiscard]] factor_shape shape() const noexcept { return inner.shape; }

 private:
  [[nodiscard]] workspace<T> theirs(workspace<T> how) const noexcept {
    how.scratch += own_bytes();
    how.scratch_bytes -= own_bytes();
    return how;
  }
};

/// An operator, its measurements, and fits to them that each start where the last one ended.
template <class T>
class ridge_path {
 public:
  ridge_path(const sensing_operator<T>& a, const std::vector<T>& y, const ridge_options& options,
             const std::string& measured_by, const ridge_goes_on& goes_on, ridge_checkpoint<T>& kept)
      : a_(a),
        y_(y),
        options_(options),
        measured_by_(measured_by),
        goes_on_(goes_on),
        kept_(kept),
        factor_(a.n * options.rank) {
    const std::string what = rank_option();
    const aligned_buffer<std::byte> scratch(what, require_fits(scratch_bytes(a, 1, options.plan)));
    workspace<T> how;
    require_ok(what, make_workspace(how, a, 1, options.plan, options.isa, scratch.data(), scratch.size()));
    const aligned_buffer<T> vectors(what, 2 * padded<T>(a.n));
    std::fill(vectors.data(), vectors.data() + vectors.size(), T(0));
    const factor_view<T> v{vectors.data(), a.n, 1, padded<T>(a.n)};
    largest_ = largest_ridge(a, how, y.data(), options.seed, v,
                             factor_view<T>{vectors.data() + padded<T>(a.n), a.n, 1, padded<T>(a.n)});
  }

  [[nodiscard]] double largest() const noexcept { return static_cast<double>(largest_); }
  [[nodiscard]] const std::vector<T>& factor() const noexcept { return factor_; }
  void start_from(const std::vector<T>& factor) {
    factor_ = factor;
    has_factor_ = true;
  }
  /// As it was before the fit that was kept.
  void return_to(const ridge_position<T>& position) {
    if (position.at.has_start != 0) start_from(position.start);
    step_size_ = static_cast<T>(position.at.step_size);
  }

  /// To the minimum for lambda; returns the run's report.
  descent_report<T> fit(T lambda, double accuracy, std::uint32_t limit) {
    const ridge_sensing<T> ridge{a_, lambda};
    quasi_newton_options<T> options;
    options.rank = options_.rank;
    options.seed = options_.seed;
    options.plan = options_.plan;
    options.isa = options_.isa;
    options.relative_tolerance = 0;
    options.plateau_window = 0;
    options.iteration_limit = limit;
    std::vector<T> start;
    if (has_factor_) {
      start = refreshed();
      options.initial_factor = start.data();
      options.step_size = step_size_;
    }
    const std::size_t bytes = require_fits(descent_bytes(ridge, options));
    const aligned_buffer<std::byte> arena(rank_option(), bytes);
    descent<T> run;
    const status started = init(run, ridge, y_.data(), options, arena.data(), arena.size());
    if (started == status::measurements) {
      throw file_error(measured_by_, "the measurements give no scale to start from: " + why_no_scale(y_, ""));
    }
    require_ok("recover", started);
    const auto end_at_minimum = [&] {
      if (run.report.result == outcome::running &&
          norm(run.gradient) <= accuracy * static_cast<double>(lambda) * norm(run.factor)) {
        stop(run);
        run.report.result = outcome::recovered;
      }
    };
    if (kept_.resumes()) {
      kept_.resume(run);
      // The limit that ended it may have hidden that it was there.
      if (run.report.iterations != 0) end_at_minimum();
    }
    kept_.position.at.has_start = has_factor_ ? 1 : 0;
    kept_.position.at.step_size = static_cast<double>(step_size_);
    kept_.position.start = has_factor_ ? factor_ : std::vector<T>();
    while (run.report.result == outcome::running) {
      if (!goes_on_(run.report.iterations, static_cast<double>(run.report.loss))) {
        kept_.keep(run);
        stop(run);
        break;
      }
      step(run);
      end_at_minimum();
      const bool may_go_on = run.report.result == outcome::running && kept_.is_due();
      if (may_go_on) kept_.keep(run);
    }
    const bool is_last = kept_.position.at.is_on_path == 0;
    if (is_last && run.report.result == outcome::iteration_limit) kept_.keep(run);
    // A step that rounding does not let fall is as near as this precision comes.
    if (run.report.result == outcome::plateau) run.report.result = outcome::recovered;
    for (std::size_t j = 0; j < run.factor.n; ++j) {
      for (std::size_t c = 0; c < run.factor.rank; ++c) factor_[j * run.factor.rank + c] = run.factor(j, c);
    }
    has_factor_ = true;
    step_size_ = run.report.step_size;
    return run.report;
  }

 private:
  [[nodiscard]] std::string rank_option() const { return "--rank " + std::to_string(options_.rank); }
  [[nodiscard]] std::size_t require_fits(std::size_t bytes) const {
    if (bytes == SIZE_MAX) require_ok(rank_option(), status::size_overflow);
    return bytes;
  }

  /// The factor, and a little of a random one, without which a column that is 0 stays so.
  [[nodiscard]] std::vector<T> refreshed() const {
    double squares = 0;
    for (const T element : factor_) squares += static_cast<double>(element) * static_cast<double>(element);
    const auto count = static_cast<double>(factor_.size());
    const double size = rules::fresh * std::sqrt(squares / count);
    std::vector<T> start = factor_;
    const random_stream stream = make_stream(options_.seed, random_purpose::initial_factor, UINT32_MAX);
    for (std::size_t k = 0; k < start.size(); ++k)
      start[k] += static_cast<T>(size * gaussian(stream, static_cast<std::uint32_t>(k)));
    return start;
  }

  [[nodiscard]] static double norm(factor_view<const T> u) {
    double squares = 0;
    for (std::size_t c = 0; c < u.rank; ++c) {
      for (std::size_t j = 0; j < u.n; ++j)
        squares += static_cast<double>(u(j, c)) * static_cast<double>(u(j, c));
    }
    return std::sqrt(squares);
  }

  const sensing_operator<T>& a_;
  const std::vector<T>& y_;
  const ridge_options& options_;
  const std::string& measured_by_;
  const ridge_goes_on& goes_on_;
  ridge_checkpoint<T>& kept_;
  std::vector<T> factor_;
  bool has_factor_ = false;
  T largest_ = 0;
  T step_size_ = automatic;
};

/// A factor with the padding that the library wants.
template <class T>
struct padded_factor {
  aligned_buffer<T> cells;
  factor_view<T> view;

  padded_factor(const std::vector<T>& u, std::size_t n, std::size_t rank)
      : cells("--rank", require_factor<T>("--rank", n, rank)), view{cells.data(), n, rank, padded<T>(n)} {
    std::fill(cells.data(), cells.data() + cells.size(), T(0));
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < rank; ++c) view(j, c) = u[j * rank + c];
    }
  }
};

template <class T>
std::vector<T> measured(const sensing_operator<T>& a, factor_view<const T> u, const ridge_options& options) {
  const aligned_buffer<std::byte> scratch("--rank", scratch_bytes(a, u.rank, options.plan));
  workspace<T> how;
  require_ok("--rank",
             make_workspace(how, a, u.rank, options.plan, options.isa, scratch.data(), scratch.size()));
  std::vector<T> values(a.measurement_count);
  a.measure(how, u, values.data());
  return values;
}

/// The roots of the weights, 1 each where there are none.
template <class T>
std::vector<T> scales_of(const problem<T>& a) {
  std::vector<T> scale(a.y.size(), T(1));
  for (std::size_t i = 0; i < a.weights.size(); ++i) scale[i] = std::sqrt(a.weights[i]);
  return scale;
}

template <class T>
void note_fit(ridge_result& result, const descent_report<T>& report) {
  result.ended = report.result;
  result.iterations = report.iterations;
  result.loss = static_cast<double>(report.loss);
  result.isa = report.isa;
  result.arena_bytes = report.arena_bytes;
}

/// What is held out, and what the rest is: y without means of its own, each times its scale.
template <class T>
struct split {
  std::vector<T> keep, scale, y, given;
  std::optional<centering> centre;
  std::size_t held_out = 0;

  split(const problem<T>& a, const ridge_options& options)
      : keep(a.y.size(), T(1)), scale(scales_of(a)), y(a.y), given(a.y) {
    const random_stream stream = make_stream(options.seed, random_purpose::held_out, 0);
    for (std::size_t i = 0; i < keep.size(); ++i) {
      const double draw = (random_bits(stream, static_cast<std::uint32_t>(i)) >> 8) * 0x1p-24;
      if (draw >= rules::share) continue;
      keep[i] = scale[i] = 0;
      ++held_out;
    }
    if (held_out < rules::fewest_held) {
      throw input_error("--ridge auto: a tenth of " + std::to_string(a.y.size()) +
                        " measurements is too little to choose by; give a number");
    }
    if (a.centre) {
      for (std::size_t i = 0; i < given.size(); ++i)
        given[i] = static_cast<T>(static_cast<double>(given[i]) + offset(a.centre, a, i));
      std::vector<T> weights = keep;
      for (std::size_t i = 0; i < a.weights.size(); ++i) weights[i] *= a.weights[i];
      centre = fit_centering(a.centre->fitted, a.centre->rows.size(), a.centre->columns.size(), a.pairs,
                             given, weights);
      for (std::size_t i = 0; i < given.size(); ++i)
        y[i] = static_cast<T>(static_cast<double>(given[i]) - offset(centre, a, i));
    }
    for (std::size_t i = 0; i < y.size(); ++i) y[i] *= scale[i];
  }

  [[nodiscard]] double held_out_rms(const problem<T>& a, const std::vector<T>& found) const {
    double squares = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (keep[i] != 0) continue;
      const double foretold = a.clipped(static_cast<double>(found[i]) + offset(centre, a, i));
      squares += std::pow(foretold - static_cast<double>(given[i]), 2);
    }
    return std::sqrt(squares / static_cast<double>(held_out));
  }

 private:
  static double offset(const std::optional<centering>& of, const problem<T>& a, std::size_t i) {
    return of ? of->at(a.pairs[i].first, a.pairs[i].second) : 0;
  }
};

/// What a checkpoint says of the fit that begins.
template <class T>
void note_position(ridge_checkpoint<T>& kept, const ridge_result& result, double lambda) {
  auto& at = kept.position.at;
  at = {};
  at.lambda = lambda;
  at.best_lambda = result.lambda;
  at.best_rms = result.held_out_rms.value_or(0);
  at.held_out = result.held_out;
  at.is_path_end = result.is_path_end ? 1 : 0;
  kept.position.best.clear();
}

/// The best lambda and its factor; or those at hand, and outcome::stopped.
template <class T>
void choose_ridge(const problem<T>& a, const ridge_options& options, ridge_result& result,
                  std::vector<T>& best, const std::function<void(const ridge_step&)>& watch,
                  const ridge_goes_on& goes_on, ridge_checkpoint<T>& kept) {
  const split<T> parts(a, options);
  const scaled_rows<T> rows{a.sensing, parts.scale};
  sensing_operator<T> others;
  require_ok("--ridge auto", make_operator(rows, others));
  ridge_path<T> path(others, parts.y, options, a.measured_by, goes_on, kept);
  result.held_out = parts.held_out;
  best.assign(a.sensing.n * options.rank, T(0));
  // That of U = 0.
  result.lambda = path.largest();
  result.held_out_rms = parts.held_out_rms(a, std::vector<T>(a.y.size(), T(0)));
  constexpr std::uint32_t most_iterations = 100;
  int worse = 0;
  double lambda = rules::ratio * path.largest();
  auto& at = kept.position.at;
  if (kept.resumes()) {
    lambda = at.lambda;
    worse = static_cast<int>(at.worse);
    result.lambda = at.best_lambda;
    result.held_out_rms = at.best_rms;
    result.is_path_end = at.is_path_end != 0;
    best = kept.position.best;
    path.return_to(kept.position);
  }
  for (; lambda >= rules::smallest * path.largest() && lambda > 0; lambda *= rules::ratio) {
    note_position(kept, result, lambda);
    at.is_on_path = 1;
    at.worse = static_cast<std::uint32_t>(worse);
    kept.position.best = best;
    const descent_report<T> report = path.fit(static_cast<T>(lambda), rules::on_the_way, most_iterations);
    if (report.result == outcome::stopped) {
      best = path.factor();
      result.lambda = lambda;
      result.held_out = 0;
      result.held_out_rms.reset();
      note_fit(result, report);
      return;
    }
    const padded_factor<T> u(path.factor(), a.sensing.n, options.rank);
    const double rms = parts.held_out_rms(a, measured<T>(a.sensing, u.view, options));
    watch({lambda, report.iterations, static_cast<double>(report.loss),
           numerical_rank(spectrum_of<T>(u.view)), rms});
    result.is_path_end = rms < *result.held_out_rms;
    if (result.is_path_end) {
      result.held_out_rms = rms;
      result.lambda = lambda;
      best = path.factor();
      worse = 0;
    } else if (++worse == rules::most_worse) {
      return;
    }
  }
}

}  // namespace

std::size_t numerical_rank(const std::vector<double>& sigma) {
  std::size_t rank = 0;
  for (const double value : sigma) {
    // Those of the matrix are squares.
    if (value * value > rules::counted * sigma[0] * sigma[0]) ++rank;
  }
  return rank;
}

template <class T>
ridge_result fit_ridge(const problem<T>& a, const ridge_options& options, std::vector<T>& factor,
                       const std::function<void(const ridge_step&)>& watch, const ridge_goes_on& goes_on,
                       checkpoint_file* file) {
  ridge_result result;
  ridge_checkpoint<T> kept(file, a.sensing.n * options.rank, [&] { a.refuse_failure(); });
  // Without weights by the operator's own gradient, which is one pass.
  const std::vector<T> scale = scales_of(a);
  const scaled_rows<T> rows{a.sensing, scale};
  sensing_operator<T> all = a.sensing;
  std::vector<T> y = a.y;
  if (!a.weights.empty()) {
    require_ok("--ridge", make_operator(rows, all));
    for (std::size_t i = 0; i < y.size(); ++i) y[i] *= scale[i];
  }
  ridge_path<T> path(all, y, options, a.measured_by, goes_on, kept);
  result.largest = path.largest();
  std::vector<T> start;
  if (kept.resumes() && kept.position.at.is_on_path == 0) {
    const auto& at = kept.position.at;
    result.lambda = at.lambda;
    result.held_out = at.held_out;
    if (at.held_out != 0) result.held_out_rms = at.best_rms;
    result.is_path_end = at.is_path_end != 0;
    path.return_to(kept.position);
  } else if (options.lambda) {
    result.lambda = *options.lambda;
  } else {
    choose_ridge(a, options, result, start, watch, goes_on, kept);
    const bool is_zero = std::all_of(start.begin(), start.end(), [](T x) { return x == 0; });
    if (!is_zero) path.start_from(start);
  }
  double squares = 0;
  for (const T value : y) squares += static_cast<double>(value) * static_cast<double>(value);
  const auto m = static_cast<double>(a.y.size());
  result.zero_loss = squares / (4 * m);
  factor.assign(a.sensing.n * options.rank, T(0));
  if (result.ended == outcome::stopped) {
    factor = start;
  } else if (result.lambda < result.largest) {
    note_position(kept, result, result.lambda);
    note_fit(result, path.fit(static_cast<T>(result.lambda), rules::accuracy, options.iteration_limit));
    factor = path.factor();
  } else {
    result.ended = outcome::recovered;
    result.loss = result.zero_loss;
    result.isa = options.isa;
  }
  const padded_factor<T> u(factor, a.sensing.n, options.rank);
  const std::vector<T> found = measured<T>(a.sensing, u.view, options);
  squares = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    squares += std::pow(static_cast<double>(found[i]) - static_cast<double>(a.y[i]), 2);
  result.rms = std::sqrt(squares / m);
  result.sigma = spectrum_of<T>(u.view);
  result.numerical_rank = numerical_rank(result.sigma);
  result.factor_bits = factor_bits(factor_view<const T>(u.view));
  if (a.has_truth()) result.test_error = a.test_error(u.view);
  result.fidelity = a.fidelity_of(u.view);
  result.seconds = kept.seconds();
  watch({result.lambda, result.iterations, result.loss, result.numerical_rank, {}});
  return result;
}

template ridge_result fit_ridge(const problem<float>&, const ridge_options&, std::vector<float>&,
                                const std::function<void(const ridge_step&)>&, const ridge_goes_on&,
                                checkpoint_file*);
template ridge_result fit_ridge(const problem<double>&, const ridge_options&, std::vector<double>&,
                                const std::function<void(const ridge_step&)>&, const ridge_goes_on&,
                                checkpoint_file*);

}  // namespace tinyrank::app
