// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/tables.hpp"

#if TINYRANK_TARGET_X86_64
#include <cpuid.h>
#endif

namespace tinyrank {

namespace {

#if TINYRANK_TARGET_X86_64

// What the operating system saves on a context switch (XCR0); a processor's AVX is of no use where this lacks
// it.
unsigned extended_state() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0) return 0;
  unsigned low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

bool has_avx2_and_fma() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned ymm_state = 0x6;
  if ((extended_state() & ymm_state) != ymm_state) return false;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_FMA) == 0 || (c & bit_AVX) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_AVX2) != 0;
}

bool has_avx512() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned zmm_state = 0xe6;
  constexpr unsigned wanted = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL | bit_AVX512CD;
  if ((extended_state() & zmm_state) != zmm_state || !has_avx2_and_fma()) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & wanted) == wanted;
}

#elif TINYRANK_TARGET_SVE

// Registers of the size that the kernels are compiled for. (A compiler that was told the size would answer
// svcntb() itself.)
bool has_sve_of_its_size() noexcept {
  unsigned long bytes = 0;
  asm("rdvl %0, #1" : "=r"(bytes));
  return bytes == __ARM_FEATURE_SVE_BITS / 8;
}

#endif

}  // namespace

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built, if (value == instruction_set::name) return true;)
bool is_built(instruction_set value) noexcept {
  TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
  return false;
}
#undef TINYRANK_ROW

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(built, if (value == instruction_set::name) return usable;)
bool is_usable(instruction_set value) noexcept {
  TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
  return false;
}
#undef TINYRANK_ROW

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_WHERE(                                            \
      built, if (speed > best_speed && (usable)) {           \
        best = instruction_set::name;                        \
        best_speed = speed;                                  \
      })
instruction_set best_instruction_set() noexcept {
  instruction_set best = instruction_set::automatic;
  int best_speed = -1;
  TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
  return best;
}
#undef TINYRANK_ROW

#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  case instruction_set::name:                                \
    return #name;
const char* to_string(instruction_set value) noexcept {
  switch (value) {
    case instruction_set::automatic:
      return "automatic";
      TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
  }
  return "unknown";
}
#undef TINYRANK_ROW

}  // namespace tinyrank
