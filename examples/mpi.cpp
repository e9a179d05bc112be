// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// 4,000 measurements, shared by the processes that `mpirun -n 4` starts; any number prints the same.

#include <cstdio>
#include <cstdlib>
#include <tinyrank/mpi.hpp>
#include <tinyrank/tinyrank.hpp>
#include <vector>

using namespace tinyrank;

namespace {

void require_ok(status found) {
  if (found == status::ok) return;
  std::fprintf(stderr, "%s\n", to_string(found));
  MPI_Abort(MPI_COMM_WORLD, 2);
}

}  // namespace

int main(int count, char** words) {
  int allowed = 0, process = 0, processes = 1;
  MPI_Init_thread(&count, &words, MPI_THREAD_FUNNELED, &allowed);
  MPI_Comm_rank(MPI_COMM_WORLD, &process);
  MPI_Comm_size(MPI_COMM_WORLD, &processes);

  // Matrices that are drawn at every use; of stored ones a process has the rows from own.first on.
  constexpr std::size_t n = 40, m = 4000;
  recovery_options<float> options;
  options.plan = {1, 64};
  const mpi::part own =
      mpi::part_of(static_cast<std::uint32_t>(process), static_cast<std::uint32_t>(processes), 64, m);
  const gaussian_sensing<float> mine{n, own.count, 7, gaussian_ensemble::isotropic, own.first};
  sensing_operator<float> local, all;
  mpi::shared_operator<float> shared;
  require_ok(make_operator(mine, local));
  require_ok(mpi::make_operator(shared, local, MPI_COMM_WORLD, 64, m, 1, all));

  const std::size_t bytes = recovery_bytes(all, options);
  auto* const memory = static_cast<std::byte*>(std::aligned_alloc(arena_alignment, bytes));
  alignas(arena_alignment) static float x[factor_count<float>(n, 2)];
  const factor_view<float> truth{x, n, 2, padded<float>(n)};
  draw_planted_truth(truth, 1.0f, 3);
  std::vector<float> y(m);  // all of them, in every process
  workspace<float> how;
  require_ok(make_workspace(how, all, 2, options.plan, instruction_set::automatic, memory, bytes));
  all.measure(how, truth, y.data());

  recovery<float> run;
  require_ok(init_operator(run, all, y.data(), options, memory, bytes));
  run_to_end(run);
  const auto bits = static_cast<unsigned long long>(factor_bits(run.factor));
  if (process == 0) std::printf("rank %u, bits %016llx\n", run.report.rank_found, bits);
  std::free(memory);
  MPI_Finalize();
}
