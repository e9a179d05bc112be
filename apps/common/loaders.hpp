// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <functional>
#include <string>

#include "problem.hpp"

namespace tinyrank::app {

using listener = std::function<void(const std::string&)>;

/// What an operator is made from.
struct request {
  const sensing_argument& a;
  const std::string title;  ///< of its kind
  execution_plan plan;
  instruction_set isa;
  const listener& note;
};

// Rectangular and complex operators, from their files or keys. Errors: input_error.
template <class T>
void load_rectangular(problem<T>& made, const request& asked);
template <class T>
void load_rectangular_dense(problem<T>& made, const request& asked);
template <class T>
void load_bilinear(problem<T>& made, const request& asked);
template <class T, rank_one_form Form>
void load_complex_rank_one(problem<T>& made, const request& asked);
template <class T>
void load_phase(problem<T>& made, const request& asked);
template <class T>
void load_pauli(problem<T>& made, const request& asked);
template <class T>
void load_hermitian(problem<T>& made, const request& asked);

/// Groups of indices below n that no pair connects.
std::size_t count_groups(std::size_t n, const std::vector<index_pair>& pairs);

}  // namespace tinyrank::app
