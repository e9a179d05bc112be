// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The methods of descent that recover from any operator, a row each. Command line, tests of methods and of
// batches, and golden bits iterate over them. docs/hacking.md says how to add one.

#include "catalogue/row.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"

namespace tinyrank::catalogue {

/// What a parameter of floating point may be. One that is automatic by default is positive where it is
/// given.
enum class parameter : bool { any_number, automatic };

/// What a row may leave out. A row is a struct that inherits this and has the rest:
///
///   static constexpr const char* name         as --method takes it
///   static constexpr golden_bits golden       of tests/common/golden_methods.hpp
///   template <class T> using options          with its defaults
struct method_row {
  /// visit("damping", options.damping, parameter::automatic, "what it is"): the parameters of its own.
  template <class Options, class Visit>
  static void parameters(Options&, Visit) {}

  /// What the golden run has but the defaults.
  template <class Options>
  static constexpr void golden_parameters(Options&) {}
};

struct gradient_descent_row : method_row {
  static constexpr const char* name = "gradient-descent";
  static constexpr golden_bits golden{0x5e627b3f8d145b6au, 0x6173612a34bf6e61u};
  template <class T>
  using options = gradient_descent_options<T>;
};

struct scaled_row : method_row {
  static constexpr const char* name = "scaled";
  static constexpr golden_bits golden{0xc6a096dfc9e098dau, 0x158acef3199e1315u};
  template <class T>
  using options = scaled_gradient_descent_options<T>;

  template <class Options, class Visit>
  static void parameters(Options& given, Visit visit) {
    visit("damping", given.damping, parameter::automatic,
          "lambda in (U^T U + lambda Id)^-1, or auto (default): by the loss");
    visit("damping-ratio", given.damping_ratio, parameter::any_number,
          "c in lambda = c sqrt(4 f / gamma) (default 0.5)");
  }
};

struct momentum_row : method_row {
  static constexpr const char* name = "momentum";
  static constexpr golden_bits golden{0x04b1e8cbb7c7b927u, 0x74f421c229a33691u};
  template <class T>
  using options = momentum_options<T>;

  template <class Options, class Visit>
  static void parameters(Options& given, Visit visit) {
    visit("momentum", given.momentum, parameter::any_number,
          "theta in Z + theta (U+ - U), below 1 (default 0.9)");
  }
};

struct quasi_newton_row : method_row {
  static constexpr const char* name = "quasi-newton";
  static constexpr golden_bits golden{0x3ab781a9ca34f930u, 0xcca99dcbdb940296u};
  template <class T>
  using options = quasi_newton_options<T>;

  template <class Options, class Visit>
  static void parameters(Options& given, Visit visit) {
    visit("history", given.history, parameter::any_number,
          "pairs of steps that it looks back on, 1 to 64 (default 5)");
    visit("damping-ratio", given.damping_ratio, parameter::any_number,
          "c, the same; 0: not preconditioned (default), which a --rank that may be too large wants; 0.25 is "
          "right for the rank itself");
  }

  template <class Options>
  static constexpr void golden_parameters(Options& given) {
    given.damping_ratio = 0.25;
  }
};

/// The first is the default.
#define TINYRANK_METHODS(ROW) \
  ROW(gradient_descent)       \
  ROW(scaled)                 \
  ROW(momentum)               \
  ROW(quasi_newton)

/// use(row, options) for each row, in order, the options with their defaults.
template <class T, class Use>
constexpr void for_each_method(Use use) {
#define TINYRANK_USE(row) use(row##_row{}, row##_row::options<T>{});
  TINYRANK_METHODS(TINYRANK_USE)
#undef TINYRANK_USE
}

}  // namespace tinyrank::catalogue
