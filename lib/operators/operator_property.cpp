// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/check_operator.hpp"

namespace tinyrank {

const char* to_string(operator_property value) noexcept {
  switch (value) {
    case operator_property::finite_values:
      return "finite_values: an output is not finite, or was not written";
    case operator_property::padding:
      return "padding: an output's padding was not written as zero";
    case operator_property::bounds:
      return "bounds: something was written behind an output or the scratch";
    case operator_property::inputs:
      return "inputs: a verb changed its input";
    case operator_property::determinism:
      return "determinism: two calls with the same input differ";
    case operator_property::homogeneity:
      return "homogeneity: measure(3 U) is not 9 measure(U)";
    case operator_property::adjoint_identity:
      return "adjoint_identity: <w, measure(U)> is not <adjoint_times(w, U), U>";
    case operator_property::symmetry:
      return "symmetry: adjoint_times does not multiply with a symmetric matrix";
    case operator_property::linear_in_weights:
      return "linear_in_weights: adjoint_times is not linear in w";
    case operator_property::linear_in_factor:
      return "linear_in_factor: adjoint_times is not linear in V";
    case operator_property::fused_loss:
      return "fused_loss: the loss is not that of measure";
    case operator_property::fused_gradient:
      return "fused_gradient: the gradient is not adjoint_times of the residual";
    case operator_property::projection_repeats:
      return "projection_repeats: a second projection changes the factor";
    case operator_property::projection_is_unseen:
      return "projection_is_unseen: the projection changes the measurements";
  }
  return "unknown property";
}

}  // namespace tinyrank
