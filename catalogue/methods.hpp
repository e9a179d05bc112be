// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"

namespace tinyrank::catalogue {

/// Every method that recovers from any operator, one row each: its name on the command line, its options with
/// their defaults, and its own parameters. The command line, the tests of methods and their golden bits, and
/// the batches of the tests go through these rows.
///
///     use("scaled", options, parameters)
///     parameters(options, visit)            calls visit("damping", options.damping, "what it is") ...
template <class T, class Use>
constexpr void for_each_method(Use use) {
  use("gradient-descent", gradient_descent_options<T>{}, [](auto&, auto) {});
  use("scaled", scaled_gradient_descent_options<T>{}, [](auto& options, auto visit) {
    visit("damping", options.damping, "lambda in (U^T U + lambda Id)^-1, or auto (default): by the loss");
    visit("damping-ratio", options.damping_ratio, "c in lambda = c sqrt(4 f / gamma) (default 0.5)");
  });
  use("momentum", momentum_options<T>{}, [](auto& options, auto visit) {
    visit("momentum", options.momentum, "theta in Z + theta (U+ - U), below 1 (default 0.9)");
  });
}

}  // namespace tinyrank::catalogue
