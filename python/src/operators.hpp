// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The operators of the catalogue from arrays as numpy lays them out; nothing here knows Python.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/common/problem.hpp"

namespace tinyrank::python {

using app::problem;

enum class element : std::int32_t { f32, f64, c64, c128, u32, u64 };

/// An array of any layout: strides in bytes, which may be negative or zero.
struct array_view {
  const std::byte* data = nullptr;
  element of = element::f32;
  std::vector<std::size_t> shape;
  std::vector<std::ptrdiff_t> strides;
};

/// What a descriptor is made of. Which of them an operator takes is what operators.cpp says.
struct ingredients {
  std::size_t n = 0;  ///< the side of the matrix, or its rows, or qubits
  std::size_t columns = 0;
  std::size_t m = 0;
  std::uint64_t seed = 0;
  std::int32_t form = 0;  ///< rank_one_form, gaussian_ensemble or diffraction_transform
  std::vector<array_view> arrays;
  std::string argument;      ///< what a refusal of the arrays names
  bool is_borrowed = false;  ///< set by build: the arrays have to outlive the operator
};

/// Makes the operator `name` of the catalogue. Matrices and vectors are packed into memory of the problem's
/// own, but vectors that lie as the library wants them: those are used where they are
/// (is_borrowed). Errors: refusal, app::input_error where memory is short.
template <class T>
void build(problem<T>& made, const std::string& name, ingredients& of);

/// The names of the catalogue, in its order.
std::vector<std::string> operator_names();

}  // namespace tinyrank::python
