// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Block sizes and tile shapes, in one struct for each instruction set. They set how often an operand is
// loaded, how many sums wait for each other, and how much code and stack a kernel takes; they never change
// the bits. What was measured is in bench/NOTES.md.

#include <cstddef>

#include "lib/kernels/targets.hpp"
#include "tinyrank/instruction_set.hpp"

namespace tinyrank {
namespace {

/// A tile of sums that stay in registers, so that each operand that is loaded is used by a whole row or
/// column of them.
struct tile_shape {
  std::size_t rows, columns;
};

/// What an instruction set does unless it says otherwise.
struct default_tuning {
  static constexpr bool microcontroller = TINYRANK_TARGET_MICROCONTROLLER;
  static constexpr bool has_32_registers = TINYRANK_TARGET_32_REGISTERS;

  /// Whether to go entry by entry where there is a choice: packs of one-lane registers would take stack and
  /// flash.
  static constexpr bool avoids_packs = false;

  /// Packed rows that are passed over together.
  static constexpr std::size_t row_block = 4;
  /// The same for entries narrower than float. Such rows take less than z and g, which come from the
  /// second-level cache once for each block: larger blocks, where there are registers for as many sums.
  static constexpr std::size_t narrow_row_block = row_block;

  /// Products with the factor: by tiles of registers, of little code and stack, instead of by packs; then the
  /// columns x registers of a tile of symmetric_times, and without it the packs of its partial sums.
  static constexpr bool small_factor_kernels = microcontroller;
  static constexpr tile_shape symmetric_tile{4, 4};
  static constexpr std::size_t symmetric_packs = 4;

  /// Rank one: vectors x columns of the products, and columns x registers of the sums.
  static constexpr tile_shape product_tile{4, has_32_registers ? 4 : 2};
  static constexpr tile_shape sum_tile{has_32_registers ? 4 : 2, 4};

  /// Rows of signs that are drawn together: as many as leave their sums and signs in registers.
  static constexpr std::size_t sign_rows = 2;

  /// Whether the bits of the next draw are made beside the normal numbers of this one, so that a processor
  /// has two short chains to overlap instead of one long one.
  static constexpr bool draws_ahead = false;
  /// Whether there is a gaussian_kernels::replace_rows, which takes draws_ahead. Nothing is gained where
  /// drawing takes long.
  static constexpr bool replaces_rows = false;

  /// Batches: rows x problems of a tile of dots; a tile of sums has as many problems.
  static constexpr tile_shape batch_tile{4, 4};
  /// Bytes of a row that all problems pass over before the next are taken: four rows and a group of estimates
  /// then fit the first-level cache.
  static constexpr std::size_t batch_piece_bytes = 2048;
};

template <instruction_set>
struct tuning_of : default_tuning {};

template <>
struct tuning_of<instruction_set::scalar> : default_tuning {
  static constexpr bool avoids_packs = microcontroller;
  // Sixteen partial sums are all that a Cortex-M keeps in registers.
  static constexpr std::size_t row_block = 1, narrow_row_block = 1;
  // A Cortex-M4 has 32 registers of a float, but a small stack.
  static constexpr bool small_stack = microcontroller && !has_32_registers;
  static constexpr tile_shape product_tile = small_stack ? tile_shape{1, 1} : default_tuning::product_tile;
  static constexpr tile_shape sum_tile = small_stack ? tile_shape{4, 4} : default_tuning::sum_tile;
  static constexpr std::size_t sign_rows = 1;
  static constexpr tile_shape batch_tile{2, 2};
};

template <>
struct tuning_of<instruction_set::avx2> : default_tuning {
  static constexpr bool draws_ahead = true;
  static constexpr tile_shape batch_tile{4, 2};
};

/// 32 registers.
template <>
struct tuning_of<instruction_set::avx512> : default_tuning {
  static constexpr std::size_t narrow_row_block = 8;
  static constexpr std::size_t symmetric_packs = 16;
  static constexpr tile_shape product_tile{4, 4};
  static constexpr tile_shape sum_tile{4, 4};
  static constexpr std::size_t sign_rows = 8;
  static constexpr bool draws_ahead = true, replaces_rows = true;
  // Tiles of 512 bits take longer to begin and to end, so that half as much more is faster all the same.
  static constexpr std::size_t batch_piece_bytes = 3072;
};

/// 8 registers.
template <>
struct tuning_of<instruction_set::helium> : default_tuning {
  static constexpr std::size_t row_block = 1, narrow_row_block = 1;
  static constexpr tile_shape symmetric_tile{2, 2};
  static constexpr tile_shape product_tile{2, 2};
  static constexpr tile_shape sum_tile{2, 2};
  static constexpr std::size_t sign_rows = 1;
};

/// That of the unit being compiled.
using tuning = tuning_of<instruction_set::TINYRANK_ISA>;

}  // namespace
}  // namespace tinyrank
