// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "lib/kernels/targets.hpp"
#include "tinyrank/detail/instruction_sets.def"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

// Kernels come in families, one table of functions each, per element type and instruction set: a program that
// names only some operators links only their families. Tables are plain values without state. What holds for
// every kernel: lengths that are called `count` are multiples of virtual_lanes<T>; arrays are zero-padded to
// them and 64-byte aligned; nothing aliases unless said; nothing outside the shapes is read or written.
// Errors: none; preconditions are the caller's. Bits: the same in every table of a family.

#define TINYRANK_ONE_TABLE(Table, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built, static const Table name;)

/// The tables of one family; each is defined in that instruction set's unit.
template <class Table>
struct isa_tables {
  TINYRANK_INSTRUCTION_SETS(TINYRANK_ONE_TABLE, Table)
};
#undef TINYRANK_ONE_TABLE

/// The declarations of a family's tables: that they are defined elsewhere, and not from the template above.
#define TINYRANK_DECLARE_TABLES(Table) TINYRANK_INSTRUCTION_SETS(TINYRANK_DECLARE_TABLE, Table)
#define TINYRANK_DECLARE_TABLE(Table, name, NAME, built, usable, speed)                \
  TINYRANK_WHERE(built, template <> const Table<float> isa_tables<Table<float>>::name; \
                 template <> const Table<double> isa_tables<Table<double>>::name;)

/// Which table_of is meant.
template <class Table>
struct family {};

/// Defines the tables of the unit's instruction set, as its own table_of(family<Table<T>>) returns them. That
/// stands with the kernels in an unnamed namespace: in tinyrank, or, where the library as one file has the
/// kernels of several sets, in the namespace of the set.
#define TINYRANK_DEFINE_TABLES(Table)                           \
  template <>                                                   \
  const Table<float> isa_tables<Table<float>>::TINYRANK_ISA =   \
      TINYRANK_KERNELS::table_of(family<Table<float>>{});       \
  template <>                                                   \
  const Table<double> isa_tables<Table<double>>::TINYRANK_ISA = \
      TINYRANK_KERNELS::table_of(family<Table<double>>{});
#define TINYRANK_KERNELS tinyrank

#define TINYRANK_CHOOSE_TABLE(Table, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built,                                                \
                 if (table == nullptr || isa == instruction_set::name) table = &isa_tables<Table>::name;)

/// The table of an instruction set that is known to be usable.
template <class Table>
const Table& table_for([[maybe_unused]] instruction_set isa) noexcept {
  const Table* table = nullptr;
  TINYRANK_INSTRUCTION_SETS(TINYRANK_CHOOSE_TABLE, Table)
  return *table;
}
#undef TINYRANK_CHOOSE_TABLE

/// What every run needs, and the way to the other families: table_for<...>(kernels.isa).
template <class T>
struct kernel_table {
  instruction_set isa;

  /// x[k] = fma(factor, b[k], x0[k]); x may be x0.
  void (*scaled_add)(T factor, const T* b, const T* x0, T* x, std::size_t count);

  /// x[k] += b[k].
  void (*add)(const T* b, T* x, std::size_t count);
};

TINYRANK_DECLARE_TABLES(kernel_table)

/// The kernels of `isa` (automatic: the best usable), or null when it is not built in or not usable here.
template <class T>
const kernel_table<T>* find_kernels(instruction_set isa) noexcept {
  if (isa == instruction_set::automatic) isa = best_instruction_set();
  return is_usable(isa) ? &table_for<kernel_table<T>>(isa) : nullptr;
}

}  // namespace tinyrank
