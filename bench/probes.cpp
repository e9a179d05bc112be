// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/probes.hpp"

#include "lib/kernels/tables.hpp"

namespace tinyrank::bench {

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built, extern const probe_set probes_##name;)
TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
#undef TINYRANK_ROW

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built, if (isa == instruction_set::name) return probes_##name;)
const probe_set& find_probes(instruction_set isa) noexcept {
  TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
  return probes_scalar;
}
#undef TINYRANK_ROW

}  // namespace tinyrank::bench
