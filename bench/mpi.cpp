// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The two terms of docs/mpi.md's model, and whole passes beside it. Run by mpirun; no part of `make bench`.

#include "tinyrank/mpi.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "lib/kernels/tables.hpp"
#include "lib/mpi/exchange.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace {

using namespace tinyrank;

int rank = 0, processes = 1;

/// Zeros, 64-byte aligned.
template <class T>
class buffer {
 public:
  explicit buffer(std::size_t count)
      : size_(count), data_(static_cast<T*>(std::aligned_alloc(arena_alignment, bytes())), std::free) {
    std::memset(data_.get(), 0, bytes());
  }
  [[nodiscard]] T* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  [[nodiscard]] std::size_t bytes() const {
    return (size_ * sizeof(T) + arena_alignment - 1) / arena_alignment * arena_alignment;
  }
  std::size_t size_;
  std::unique_ptr<T, void (*)(void*)> data_;
};

/// The median of what the slowest process takes, in seconds.
template <class Work>
double seconds(int repeats, Work work) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    work();
    double own = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &own, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    times.push_back(own);
  }
  std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
  return times[static_cast<std::size_t>(repeats / 2)];
}

double seconds_of_exchange(std::size_t elements, int repeats) {
  arena measuring;
  mpi::layout_exchange_scratch<float>(measuring, static_cast<std::uint32_t>(processes));
  const buffer<std::byte> memory(measuring.used());
  arena placing(memory.data(), memory.size());
  const auto scratch = mpi::layout_exchange_scratch<float>(placing, static_cast<std::uint32_t>(processes));
  for (int p = 0; p <= processes; ++p) scratch.cuts[p] = static_cast<std::uint32_t>(p);
  const buffer<float> sum(elements);
  float loss = 0;
  const auto find = [&](std::size_t) { return mpi::summand<float>{sum.data(), &loss}; };
  mpi::exchange exchange(MPI_COMM_WORLD, static_cast<std::uint32_t>(rank),
                         static_cast<std::uint32_t>(processes),
                         *find_kernels<float>(instruction_set::automatic), scratch, elements, find);
  exchange.run();
  return seconds(repeats, [&] { exchange.run(); });
}

/// A pass over what the processes have of m dense matrices, alone and shared, one thread each.
void pass(std::size_t n, std::size_t m, double latency, double per_byte) {
  constexpr std::uint32_t shards = 64;
  constexpr std::size_t columns = 8;
  const mpi::part own =
      mpi::part_of(static_cast<std::uint32_t>(rank), static_cast<std::uint32_t>(processes), shards, m);
  const buffer<float> rows(own.count * packed_stride<float>(n));
  (void)fill_gaussian_rows(n, own.first, own.count, 1, gaussian_ensemble::isotropic, rows.data());
  const dense_sensing<float> mine{n, own.count, rows.data()};
  sensing_operator<float> local, all;
  mpi::shared_operator<float> made;
  if (make_operator(mine, local) != status::ok ||
      mpi::make_operator(made, local, MPI_COMM_WORLD, shards, m, 1, all) != status::ok)
    return;
  const buffer<float> of_u(factor_count<float>(n, columns)), of_gradient(factor_count<float>(n, columns));
  const factor_view<float> u{of_u.data(), n, columns, padded<float>(n)},
      gradient{of_gradient.data(), n, columns, padded<float>(n)};
  draw_planted_truth(u, 1.0f, 2);
  const std::vector<float> y(m, 1.0f);
  const auto time = [&](const sensing_operator<float>& a, std::uint32_t of) {
    const buffer<std::byte> scratch(scratch_bytes(a, columns, {1, of}));
    workspace<float> how;
    if (make_workspace(how, a, columns, {1, of}, instruction_set::automatic, scratch.data(),
                       scratch.size()) != status::ok)
      return 0.0;
    return seconds(21, [&] { a.loss_and_gradient(how, u, y.data(), gradient); });
  };
  const double alone = time(local, own.shards), shared = time(all, shards);
  const double bytes = static_cast<double>(packed_stride<float>(n) * sizeof(float)), p = processes;
  const double rounds = bytes > mpi::message_bytes ? 2 * std::log2(p) : std::log2(p);
  const double moved = bytes > mpi::message_bytes ? 2 * (1 - 1 / p) : std::log2(p);
  if (rank != 0) return;
  std::printf("n = %4zu, m = %5zu: local %8.0f us, pass %8.0f us, model %8.0f us\n", n, m, alone * 1e6,
              shared * 1e6, (alone + latency * rounds + per_byte * bytes * moved) * 1e6);
}

}  // namespace

int main(int count, char** words) {
  int provided = 0;
  MPI_Init_thread(&count, &words, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &processes);
  const double p = processes, rounds = std::log2(p);
  const double small = seconds_of_exchange(16, 2001), large = seconds_of_exchange(std::size_t{1} << 23, 15);
  const double bytes = 4.0 * 0x1p23;
  const double latency = processes == 1 ? 0 : small / rounds;
  const double per_byte = processes == 1 ? 0 : (large - 2 * small) / (2 * (1 - 1 / p) * bytes);
  if (rank == 0) {
    std::printf("%d processes: alpha %.2f us a round, 1/beta %.2f GB/s a process\n", processes, latency * 1e6,
                per_byte == 0 ? 0 : 1e-9 / per_byte);
  }
  for (const std::size_t elements : {std::size_t{16}, std::size_t{4096}, std::size_t{1} << 16,
                                     std::size_t{1} << 20, std::size_t{1} << 23}) {
    const double time = seconds_of_exchange(elements, elements > (1u << 18) ? 15 : 301);
    if (rank == 0) std::printf("  %9zu bytes: %9.1f us\n", 4 * elements, time * 1e6);
  }
  pass(64, 2000, latency, per_byte);
  pass(200, 2000, latency, per_byte);
  pass(1000, 200, latency, per_byte);
  MPI_Finalize();
}
