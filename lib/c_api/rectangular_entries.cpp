// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rectangular_entries.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_rectangular_entries {
  tinyrank::rectangular_entries_sensing<T> operator()(const tinyrank_rectangular_entries& a) const noexcept {
    return {a.rows, a.columns, a.measurement_count, reinterpret_cast<const tinyrank::index_pair*>(a.pairs)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(rectangular_entries)
