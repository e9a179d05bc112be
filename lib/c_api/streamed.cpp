// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/streamed.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_streamed {
  tinyrank::streamed_sensing<tinyrank::dense_sensing<T>> operator()(
      const tinyrank_streamed& a) const noexcept {
    return {{a.n, a.measurement_count}, {a.read, a.context}};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(streamed)
