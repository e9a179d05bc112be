// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A matrix by its shape, in words.

#include <string>

#include "tinyrank/estimate.hpp"

namespace tinyrank::app {

/// "n = 20", "16 x 32", "n = 8, complex"
inline std::string size_text(factor_shape shape, std::size_t n) {
  const matrix_size size = matrix_size_of(shape, n);
  if (shape.kind == factor_kind::rectangular)
    return std::to_string(size.rows) + " x " + std::to_string(size.columns);
  return "n = " + std::to_string(size.rows) + (shape.kind == factor_kind::complex ? ", complex" : "");
}

inline const char* matrix_text(factor_shape shape) {
  switch (shape.kind) {
    case factor_kind::rectangular:
      return "M = L R^T";
    case factor_kind::complex:
      return "Z = W W^H";
    case factor_kind::symmetric:
      break;
  }
  return "Z = U U^T";
}

/// For the report.
inline const char* shape_name(factor_shape shape) {
  switch (shape.kind) {
    case factor_kind::rectangular:
      return "rectangular";
    case factor_kind::complex:
      return "complex";
    case factor_kind::symmetric:
      break;
  }
  return "symmetric";
}

}  // namespace tinyrank::app
