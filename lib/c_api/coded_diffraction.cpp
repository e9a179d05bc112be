// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/coded_diffraction.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_coded_diffraction {
  tinyrank::coded_diffraction_sensing<T> operator()(const tinyrank_coded_diffraction& a) const noexcept {
    return {a.dimension, a.measurement_count, a.seed,
            static_cast<tinyrank::diffraction_transform>(a.transform)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(coded_diffraction)
