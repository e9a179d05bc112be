// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The C interface, with structs of any bytes: refused with a text, or a run in exactly the bytes that were
// asked for, of which every number is read out.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include "checks.hpp"
#include "reader.hpp"
#include "tinyrank/tinyrank.h"

namespace {

using namespace tinyrank::fuzz;

constexpr std::size_t most_n = 12, most_m = 40, most_bytes = std::size_t{1} << 20U;

/// Heap of exactly so many bytes, 64-byte aligned: the sanitizer sees one beyond them.
class exact_memory {
 public:
  explicit exact_memory(std::size_t bytes) : data_(std::aligned_alloc(64, bytes)) {
    require(bytes % 64 == 0 && data_ != nullptr);
  }
  ~exact_memory() { std::free(data_); }
  exact_memory(const exact_memory&) = delete;
  exact_memory& operator=(const exact_memory&) = delete;
  [[nodiscard]] void* data() const { return data_; }

 private:
  void* data_;
};

/// Writes up to 3 bytes of the first `count` anew, seldom any.
void spoil(reader& in, void* bytes, std::size_t count) {
  const auto times = in.take<std::uint8_t>();
  for (int i = 252; i < times; ++i)
    static_cast<std::uint8_t*>(bytes)[in.take<std::uint16_t>() % count] = in.take<std::uint8_t>();
}

/// A struct that may say that it is longer, as one of a version to come.
template <class Struct>
struct with_tail {
  Struct value;
  unsigned char tail[4096] = {};
};

void require_told(std::int32_t made, const void* run) {
  require(tinyrank_status_text(made) != nullptr && (made == TINYRANK_OK) == (run != nullptr));
}

void read_out(tinyrank_run_f32* run) {
  require(tinyrank_run_to_end_f32(run) != TINYRANK_RUNNING);
  tinyrank_report_f32 report;
  report.struct_size = sizeof report;
  require(tinyrank_get_report_f32(run, &report) == TINYRANK_OK);
  // Never a success with a NaN.
  require(report.outcome != TINYRANK_RECOVERED || is_number(report.loss));
  float entry = 0;
  require(tinyrank_factor_entry_f32(run, report.n - 1, report.rank - 1, &entry) == TINYRANK_OK);
  require(tinyrank_factor_entry_f32(run, report.n, 0, &entry) == TINYRANK_STATUS_INDEX);
  require(tinyrank_factor_entry_f32(run, 0, report.rank, &entry) == TINYRANK_STATUS_INDEX);
}

template <class Sensing, class Bytes, class Create>
void descend(reader& in, const Sensing& sensing, const std::vector<float>& y, Bytes bytes, Create create) {
  with_tail<tinyrank_options_f32> given;
  tinyrank_options_f32& options = given.value;
  tinyrank_default_options_f32(&options);
  options.rank = in.size(6);
  options.iteration_limit = 20;
  options.step_size = in.number<float>();
  options.initial_scale = in.number<float>();
  options.tolerance = in.number<float>();
  options.shards = std::uint32_t{1} << (in.take<std::uint8_t>() % 5);
  // Pointers are trusted.
  spoil(in, &options, offsetof(tinyrank_options_f32, initial_factor));
  if (options.iteration_limit > 20) options.iteration_limit = 20;
  const tinyrank_method_f32* const methods[] = {nullptr, tinyrank_scaled_gradient_descent_f32(),
                                                tinyrank_momentum_f32(), tinyrank_quasi_newton_f32()};
  options.method = methods[in.take<std::uint8_t>() % 4];
  options.damping = in.number<float>();
  options.momentum = in.number<float>();
  const std::size_t needed = bytes(&sensing, &options);
  if (needed > most_bytes) return;
  const exact_memory memory((needed + 63) / 64 * 64);
  tinyrank_run_f32* run = nullptr;
  const std::int32_t made = create(&run, &sensing, y.data(), &options, memory.data(), needed);
  require_told(made, run);
  if (run != nullptr) read_out(run);
}

template <class Sensing, class Bytes, class Create>
void climb(reader& in, const Sensing& sensing, const std::vector<float>& y, Bytes bytes, Create create) {
  with_tail<tinyrank_staircase_options_f32> given;
  tinyrank_staircase_options_f32& options = given.value;
  tinyrank_default_staircase_options_f32(&options);
  options.rank_limit = in.size(4);
  options.pass_limit = 60;
  spoil(in, &options, offsetof(tinyrank_staircase_options_f32, rank_limit));
  const std::size_t needed = bytes(&sensing, &options);
  if (needed > most_bytes) return;
  const exact_memory memory((needed + 63) / 64 * 64);
  tinyrank_staircase_f32* run = nullptr;
  const std::int32_t made = create(&run, &sensing, y.data(), &options, memory.data(), needed);
  require_told(made, run);
  if (run != nullptr) require(tinyrank_staircase_run_to_end_f32(run) != TINYRANK_RUNNING);
}

/// Of sizes that were spoiled: y and the data have `m` elements.
template <class Sensing>
bool is_within(const Sensing& sensing, std::size_t n, std::size_t m) {
  return n <= 4 * most_n && sensing.measurement_count <= m;
}

#define TINYRANK_USE(name, sensing, n)                                                                    \
  if (is_within(sensing, n, m)) {                                                                         \
    descend(in, sensing, y, tinyrank_##name##_bytes_f32, tinyrank_##name##_create_f32);                   \
    climb(in, sensing, y, tinyrank_##name##_staircase_bytes_f32, tinyrank_##name##_staircase_create_f32); \
  }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  reader in{bytes, count};
  const auto which = in.take<std::uint8_t>() % 8;
  const std::size_t n = in.size(most_n), m = in.take<std::uint8_t>() % (most_m + 1);
  const auto word = [&] { return std::uint32_t{in.take<std::uint8_t>()} % std::uint32_t{most_n + 1}; };
  std::vector<float> y(m);
  for (float& value : y) value = in.number<float>();
  std::vector<tinyrank_index_pair> pairs(m);
  for (tinyrank_index_pair& pair : pairs) pair = {word(), word()};
  if (which == 0) {
    with_tail<tinyrank_gaussian> given{
        {sizeof(tinyrank_gaussian), in.take<std::uint8_t>() % 2, n, m, in.take<std::uint64_t>()}};
    tinyrank_gaussian& a = given.value;
    spoil(in, &a, sizeof a);
    TINYRANK_USE(gaussian, a, a.n)
  } else if (which == 1) {
    with_tail<tinyrank_rademacher> given{{sizeof(tinyrank_rademacher), 0, n, m, in.take<std::uint64_t>()}};
    tinyrank_rademacher& a = given.value;
    spoil(in, &a, sizeof a);
    TINYRANK_USE(rademacher, a, a.n)
  } else if (which == 2) {
    with_tail<tinyrank_distances> given{{sizeof(tinyrank_distances), 0, n, m, pairs.data()}};
    tinyrank_distances& a = given.value;
    spoil(in, &a, offsetof(tinyrank_distances, pairs));
    TINYRANK_USE(distances, a, a.n)
  } else if (which == 3) {
    with_tail<tinyrank_entries> given{{sizeof(tinyrank_entries), 0, n, m, pairs.data()}};
    tinyrank_entries& a = given.value;
    spoil(in, &a, offsetof(tinyrank_entries, pairs));
    TINYRANK_USE(entries, a, a.n)
  } else if (which == 4) {
    // Offsets that descend, or go beyond the entries, are the caller's to avoid but for the first.
    std::vector<std::size_t> offsets(m + 1);
    std::vector<tinyrank_sparse_entry_f32> entries(2 * m);
    for (std::size_t i = 1; i <= m; ++i) offsets[i] = offsets[i - 1] + in.take<std::uint8_t>() % 3;
    for (tinyrank_sparse_entry_f32& entry : entries) entry = {word(), word(), in.number<float>()};
    with_tail<tinyrank_sparse> given{{sizeof(tinyrank_sparse), 0, n, m, offsets.data(), entries.data()}};
    tinyrank_sparse& a = given.value;
    spoil(in, &a, offsetof(tinyrank_sparse, offsets));
    TINYRANK_USE(sparse, a, a.n)
  } else if (which == 5) {
    with_tail<tinyrank_rectangular_entries> given{
        {sizeof(tinyrank_rectangular_entries), 0, n, in.size(most_n), m, pairs.data()}};
    tinyrank_rectangular_entries& a = given.value;
    spoil(in, &a, offsetof(tinyrank_rectangular_entries, pairs));
    TINYRANK_USE(rectangular_entries, a, a.rows <= most_n ? a.rows + a.columns : a.rows)
  } else if (which == 6) {
    std::vector<tinyrank_pauli_string> strings(m);
    for (tinyrank_pauli_string& string : strings) string = {word(), word()};
    with_tail<tinyrank_pauli> given{{sizeof(tinyrank_pauli), 0, n % 5, m, strings.data()}};
    tinyrank_pauli& a = given.value;
    spoil(in, &a, offsetof(tinyrank_pauli, strings));
    TINYRANK_USE(pauli, a, a.qubits <= 5 ? 0 : SIZE_MAX)
  } else {
    with_tail<tinyrank_coded_diffraction> given{
        {sizeof(tinyrank_coded_diffraction), in.take<std::uint8_t>() % 2, n, m, in.take<std::uint64_t>()}};
    tinyrank_coded_diffraction& a = given.value;
    spoil(in, &a, sizeof a);
    TINYRANK_USE(coded_diffraction, a, a.dimension)
  }
  return 0;
}
