// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/probes.hpp"

#include "lib/kernels/tables.hpp"

namespace tinyrank::bench {

extern const probe_set probes_scalar;
#if defined(TINYRANK_HAS_avx2)
extern const probe_set probes_avx2;
#endif
#if defined(TINYRANK_HAS_avx512)
extern const probe_set probes_avx512;
#endif
#if defined(TINYRANK_HAS_neon)
extern const probe_set probes_neon;
#endif

const probe_set& find_probes(instruction_set isa) noexcept {
  switch (isa) {
#if defined(TINYRANK_HAS_avx2)
    case instruction_set::avx2:
      return probes_avx2;
#endif
#if defined(TINYRANK_HAS_avx512)
    case instruction_set::avx512:
      return probes_avx512;
#endif
#if defined(TINYRANK_HAS_neon)
    case instruction_set::neon:
      return probes_neon;
#endif
    default:
      return probes_scalar;
  }
}

}  // namespace tinyrank::bench
