// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/entries.hpp"

#include "lib/c_api/translate.hpp"

namespace {

static_assert(sizeof(tinyrank_index_pair) == sizeof(tinyrank::index_pair));

template <class T>
struct translate_entries {
  tinyrank::entries_sensing<T> operator()(const tinyrank_entries& a) const noexcept {
    return {a.n, a.measurement_count, reinterpret_cast<const tinyrank::index_pair*>(a.pairs)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(entries)
