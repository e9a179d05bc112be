// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "bench/out_of_core.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "apps/common/npy.hpp"
#include "apps/common/npy_header.hpp"
#include "apps/common/output.hpp"
#include "apps/common/rounded_file.hpp"
#include "apps/common/row_stream.hpp"
#include "bench/problem.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, m = 6400, rank = 20;
constexpr std::size_t rounds = 7;

double seconds_of(const std::function<void()>& work) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A file that is removed at the end.
class temporary_file {
 public:
  temporary_file(const std::string& directory, const std::string& name)
      : path_((directory.empty() ? "." : directory) + "/" + name + "." + std::to_string(::getpid())) {}
  ~temporary_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  void open() {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw std::runtime_error(path_ + ": cannot be read");
  }
  /// The pages are on the disk since the file was committed, so that they can go.
  void forget() const {
    if (::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED) != 0)
      throw std::runtime_error(path_ + ": stays in memory");
  }
  void read_through() const {
    static std::vector<std::byte> piece(std::size_t{1} << 20);
    // As another program would, with an opening of its own.
    const int other = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    while (::read(other, piece.data(), piece.size()) > 0) {
    }
    ::close(other);
  }

 private:
  std::string path_;
  int descriptor_ = -1;
};

void write_packed(const std::string& path) {
  const std::array<std::size_t, 2> shape = {m, packed_count(n)};
  const buffer<float> row = allocate<float>(packed_stride<float>(n));
  app::output_file out(path);
  out.write(app::format_npy_header("<f4", shape));
  for (std::size_t i = 0; i < m; ++i) {
    expect(fill_gaussian_rows(n, i, 1, 1, gaussian_ensemble::isotropic, row.get()), "rows");
    out.write(std::as_bytes(std::span<const float>(row.get(), packed_count(n))));
  }
  out.commit();
}

void write_bf16(const std::string& path) {
  const buffer<float> row = allocate<float>(packed_stride<float>(n));
  std::vector<std::uint16_t> rounded(quantized_stride<std::uint16_t>(n));
  app::output_file out(path);
  out.write(app::format_header({app::rounded_type::bf16, n, m, 1e-3}));
  for (std::size_t i = 0; i < m; ++i) {
    expect(fill_gaussian_rows(n, i, 1, 1, gaussian_ensemble::isotropic, row.get()), "rows");
    pack_row_bf16(n, row.get(), rounded.data());
    out.write(std::as_bytes(std::span<const std::uint16_t>(rounded)));
  }
  out.commit();
}

/// Both kinds of read of one file.
template <class Stored>
void measure(const std::string& name, const temporary_file& file, double bytes, app::row_reader read,
             std::uint32_t threads, const settings& chosen, key_values& keys) {
  app::row_stream stream(std::move(read));
  const streamed_sensing<Stored> sensing{{n, m}, stream.source()};
  gradient_problem<float> problem(sensing, rank, threads, chosen.isa);
  constexpr double giga = 1e9;
  const std::string prefix = "out_of_core." + name + ".";
  std::array<double, 2> fractions{};
  for (const bool cold : {true, false}) {
    std::vector<double> plain, streamed, ratios;
    for (std::size_t round = 0; round < rounds; ++round) {
      if (cold) file.forget();
      plain.push_back(seconds_of([&] { file.read_through(); }));
      if (cold) file.forget();
      streamed.push_back(seconds_of([&] { problem.loss_and_gradient(); }));
      ratios.push_back(plain.back() / streamed.back());
    }
    stream.refuse_failure();
    const std::string way = cold ? "" : "warm_";
    keys[prefix + way + "read_gbs"] = bytes / median(plain) / giga;
    keys[prefix + way + "gbs"] = bytes / median(streamed) / giga;
    keys[prefix + way + "fraction_of_read"] = fractions[cold ? 0 : 1] = median(ratios);
    std::printf("%-14s %u  %-28s %8.2f %8.2f %9.2f\n", name.c_str(), threads,
                cold ? "from the disk" : "from the kernel's memory", bytes / median(plain) / giga,
                bytes / median(streamed) / giga, median(ratios));
  }
}

}  // namespace

key_values measure_out_of_core(const settings& chosen, const std::string& directory) {
  key_values keys;
  temporary_file packed(directory, "bench_rows.npy"), bf16(directory, "bench_rows.bf16");
  write_packed(packed.path());
  write_bf16(bf16.path());
  packed.open();
  bf16.open();
  std::printf("\nRows that stay in their file, n = %zu, m = %zu; GB/s of a plain read and of a gradient\n", n,
              m);
  const auto npy = std::make_shared<const app::npy_file>(packed.path());
  const auto rounded =
      std::make_shared<const app::rounded_file>(std::move(*app::rounded_file::open(bf16.path())));
  const double packed_bytes = static_cast<double>(m * packed_count(n)) * sizeof(float),
               bf16_bytes = static_cast<double>(m * quantized_stride<std::uint16_t>(n)) * 2;
  measure<dense_sensing<float>>("f32", packed, packed_bytes, app::read_numbers<float>(npy), chosen.threads,
                                chosen, keys);
  measure<dense_sensing<float>>("f32_1_thread", packed, packed_bytes, app::read_numbers<float>(npy), 1,
                                chosen, keys);
  measure<dense_bf16_sensing<float>>("bf16", bf16, bf16_bytes, app::read_rounded(rounded), chosen.threads,
                                     chosen, keys);
  double least = keys["out_of_core.f32.fraction_of_read"];
  for (const char* name : {"f32_1_thread", "bf16"})
    least = std::min(least, keys[std::string("out_of_core.") + name + ".fraction_of_read"]);
  keys["out_of_core.fraction_of_read"] = least;
  return keys;
}

}  // namespace tinyrank::bench
