// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Checkpoints: the file of the command line, of any bytes, also under a checksum that is right; and a saved
// run with bytes changed, cut off, or of other options. Refused, and then the run that was to be restored
// goes on as if nothing had been; or restored, and then to the end of the run that was saved.

#include <cstring>
#include <vector>

#include "checkpoint_file.hpp"
#include "checks.hpp"
#include "memory_file.hpp"
#include "reader.hpp"
#include "tinyrank/tinyrank.hpp"

using namespace tinyrank;
using namespace tinyrank::fuzz;

namespace {

/// Aligned memory of one run.
struct run_memory {
  explicit run_memory(std::size_t bytes)
      : data(static_cast<std::byte*>(std::aligned_alloc(arena_alignment, bytes))) {}
  ~run_memory() { std::free(data); }
  run_memory(const run_memory&) = delete;
  run_memory& operator=(const run_memory&) = delete;
  std::byte* data;
};

constexpr std::size_t n = 4, m = 12;

struct small_problem {
  gaussian_sensing<float> a{n, m, 3};
  std::vector<float> y;

  /// Measurements that two columns do not quite fit.
  explicit small_problem(float last) {
    for (std::size_t i = 0; i < m; ++i) y.push_back(0.5F + 0.375F * static_cast<float>(i * i % 7));
    y.back() = last;
  }
};

template <class Options>
std::size_t bytes_of(const gaussian_sensing<float>& a, const Options& options) {
  if constexpr (requires { options.explore; }) {
    return recovery_bytes(a, options);
  } else if constexpr (requires { options.rank_limit; }) {
    return staircase_bytes(a, options);
  } else {
    return descent_bytes(a, options);
  }
}

template <class Run>
struct at_end {
  outcome result;
  std::uint64_t bits;
  explicit at_end(Run& run) : result(run_to_end(run)), bits(factor_bits<float>(run.factor)) {
    require(result != outcome::running);
  }
  bool operator==(const at_end&) const = default;
};

template <class Run, class Options>
void save_and_restore(reader& in, const Options& options) {
  const small_problem given(1);
  const std::size_t size = bytes_of(given.a, options);
  const run_memory memory(size), other_memory(size);
  Run run, other;
  require(init(run, given.a, given.y.data(), options, memory.data, size) == status::ok);
  for (int steps = in.take<std::uint8_t>() % 32; steps > 0; --steps) step(run);
  std::vector<std::byte> saved(saved_bytes(run));
  require(!saved.empty() && save(run, saved.data(), saved.size()) == saved.size());
  const std::vector<std::byte> whole = saved;
  const at_end<Run> wanted(run);

  const auto asked = in.take<std::uint8_t>();
  const bool is_cut = (asked & 1U) != 0, has_other_seed = (asked & 2U) != 0, has_other_y = (asked & 4U) != 0;
  if (is_cut) saved.resize(in.take<std::uint16_t>() % (saved.size() + 8));
  for (int edits = in.take<std::uint8_t>() % 4; edits > 0 && !saved.empty(); --edits)
    saved[in.take<std::uint16_t>() % saved.size()] ^= std::byte{in.take<std::uint8_t>()};

  Options changed = options;
  if (has_other_seed) changed.seed += 1;
  const small_problem measured(has_other_y ? 2.0F : 1.0F);
  require(init(other, measured.a, measured.y.data(), changed, other_memory.data, size) == status::ok);
  const restored found = restore(other, saved.data(), saved.size());
  require(to_string(found) != nullptr);
  const bool is_same_run = !has_other_seed && !has_other_y;
  require((found == restored::ok) == (saved == whole && is_same_run));
  if (saved != whole) require(found == restored::damaged);
  // Also of one that was refused: its own way is that of the run that was saved.
  const at_end<Run> ended(other);
  if (is_same_run) require(ended == wanted);
}

template <class Options>
Options of_rank_two() {
  Options options;
  options.rank = 2;
  options.iteration_limit = 24;
  return options;
}

void read_file(const std::uint8_t* bytes, std::size_t count, bool is_summed) {
  std::string content = "tinyrank checkpoint 1\n";
  content.append(reinterpret_cast<const char*>(bytes), count);
  if (is_summed) {
    const std::uint64_t sum = app::hash_of_values(content);
    content.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  }
  const memory_file file(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  const std::string path = memory_file::path();
  try {
    app::checkpoint_file kept("", 30, path);
    require(kept.resumes() && !kept.writes());
    const app::checkpoint_content& found = kept.content();
    require(found.run.size() + found.beside.size() + found.trace.size() <= content.size());
    kept.set_facts({{"method", "gradient descent", false}, {"measurements", "0123456789abcdef", true}});
  } catch (const app::input_error& error) {
    require_line(error.what(), path);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  reader in{bytes, count};
  switch (in.take<std::uint8_t>() % 8) {
    case 0:
      save_and_restore<descent<float>>(in, of_rank_two<gradient_descent_options<float>>());
      break;
    case 1:
      save_and_restore<descent<float>>(in, of_rank_two<scaled_gradient_descent_options<float>>());
      break;
    case 2:
      save_and_restore<descent<float>>(in, of_rank_two<momentum_options<float>>());
      break;
    case 3:
      save_and_restore<descent<float>>(in, of_rank_two<quasi_newton_options<float>>());
      break;
    case 4:
      save_and_restore<staircase<float>>(in, staircase_options<float>{});
      break;
    case 5:
      save_and_restore<recovery<float>>(in, recovery_options<float>{});
      break;
    case 6:
      read_file(in.bytes, in.left, false);
      break;
    default:
      read_file(in.bytes, in.left, true);
  }
  return 0;
}
