// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The operators of the library, a row each. Tests, benchmark, firmware numbers and command line iterate over
// them, so that an operator that has a row has all of these. docs/hacking.md says how to add one.

#include <cstddef>

#include "catalogue/bilinear.hpp"
#include "catalogue/coded_diffraction.hpp"
#include "catalogue/complex_rank_one.hpp"
#include "catalogue/dense.hpp"
#include "catalogue/dense_bf16.hpp"
#include "catalogue/dense_int8.hpp"
#include "catalogue/distances.hpp"
#include "catalogue/entries.hpp"
#include "catalogue/gaussian.hpp"
#include "catalogue/generated_bilinear.hpp"
#include "catalogue/generated_complex_rank_one.hpp"
#include "catalogue/generated_rank_one.hpp"
#include "catalogue/hadamard.hpp"
#include "catalogue/hermitian_dense.hpp"
#include "catalogue/pauli.hpp"
#include "catalogue/rademacher.hpp"
#include "catalogue/rank_one.hpp"
#include "catalogue/rectangular_dense.hpp"
#include "catalogue/rectangular_entries.hpp"
#include "catalogue/sparse.hpp"
#include "catalogue/streamed.hpp"

/// In the order in which they are shown to users. CMake and scripts read the names here, too.
#define TINYRANK_CATALOGUE(ROW)   \
  ROW(dense)                      \
  ROW(dense_bf16)                 \
  ROW(dense_int8)                 \
  ROW(gaussian)                   \
  ROW(rademacher)                 \
  ROW(hadamard)                   \
  ROW(rank_one)                   \
  ROW(generated_rank_one)         \
  ROW(entries)                    \
  ROW(sparse)                     \
  ROW(distances)                  \
  ROW(rectangular_entries)        \
  ROW(rectangular_dense)          \
  ROW(bilinear)                   \
  ROW(generated_bilinear)         \
  ROW(complex_rank_one)           \
  ROW(generated_complex_rank_one) \
  ROW(coded_diffraction)          \
  ROW(pauli)                      \
  ROW(hermitian_dense)            \
  ROW(streamed)

namespace tinyrank::catalogue {

/// visit(row) for each row, in order.
template <class Visit>
constexpr void for_every_operator(Visit visit) {
#define TINYRANK_VISIT(row) visit(row##_row{});
  TINYRANK_CATALOGUE(TINYRANK_VISIT)
#undef TINYRANK_VISIT
}

/// The largest of measure(row) over all rows: the room that any of them needs.
template <class Measure>
[[nodiscard]] constexpr std::size_t largest_of_operators(Measure measure) {
  std::size_t largest = 0;
  for_every_operator([&](auto row) {
    const std::size_t size = measure(row);
    largest = size > largest ? size : largest;
  });
  return largest;
}

}  // namespace tinyrank::catalogue
