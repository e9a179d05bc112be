// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "processes.hpp"
#include "tinyrank/mpi.hpp"

namespace tinyrank::app {
namespace {

// Plain numbers for the time before MPI_Init and after MPI_Finalize.
int own_rank = 0, all = 1, neighbours = 1;
bool is_initialised = false;
int asked = 0, any_asked = 0;
MPI_Request question = MPI_REQUEST_NULL;

/// What OpenMPI's, MPICH's and PMIx' (Slurm's, PRRTE's) launchers tell a process; without one MPI_Init would
/// cost a third of a second and start a server.
bool is_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) return true;  // before there are threads
  }
  return false;
}

}  // namespace

processes::processes(int& count, char**& words) {
  if (!is_launched()) return;
  int provided = 0;
  MPI_Init_thread(&count, &words, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
  MPI_Comm_size(MPI_COMM_WORLD, &all);
  MPI_Comm machine = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  MPI_Comm_size(machine, &neighbours);
  MPI_Comm_free(&machine);
  is_initialised = true;
}

processes::~processes() {
  if (!is_initialised) return;
  MPI_Wait(&question, MPI_STATUS_IGNORE);
  MPI_Finalize();
}

std::uint32_t processes::count() noexcept {
  return static_cast<std::uint32_t>(all);
}

std::uint32_t processes::rank() noexcept {
  return static_cast<std::uint32_t>(own_rank);
}

std::uint32_t processes::on_this_machine() noexcept {
  return static_cast<std::uint32_t>(neighbours);
}

measurement_part processes::part_of(std::uint32_t shards, std::size_t m, std::size_t together) {
  if (all == 1) return {0, m};
  const mpi::part own = mpi::part_of(rank(), count(), shards, m, together);
  return {own.first, own.count};
}

void processes::add_up(std::span<double> values) {
  if (all == 1) return;
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM,
                MPI_COMM_WORLD);
}

void processes::broadcast(std::span<std::byte> bytes, std::uint32_t from) {
  if (all == 1) return;
  // MPI counts in int.
  constexpr std::size_t most = std::size_t{1} << 30U;
  for (std::size_t at = 0; at < bytes.size(); at += most) {
    const auto piece = bytes.subspan(at, std::min(most, bytes.size() - at));
    MPI_Bcast(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, static_cast<int>(from), MPI_COMM_WORLD);
  }
}

bool processes::any_asks(bool here) noexcept {
  if (all == 1) return here;
  if (question != MPI_REQUEST_NULL) MPI_Wait(&question, MPI_STATUS_IGNORE);
  if (any_asked != 0) return true;
  asked = here ? 1 : 0;
  MPI_Iallreduce(&asked, &any_asked, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &question);
  return false;
}

template <class T>
std::shared_ptr<void> processes::share(const sensing_operator<T>& own, std::uint32_t shards, std::size_t m,
                                       std::size_t together, sensing_operator<T>& out, status& found) {
  out = own;
  found = status::ok;
  if (all == 1) return nullptr;
  const auto made = std::make_shared<mpi::shared_operator<T>>();
  found = mpi::make_operator(*made, own, MPI_COMM_WORLD, shards, m, together, out);
  return made;
}

template std::shared_ptr<void> processes::share(const sensing_operator<float>&, std::uint32_t, std::size_t,
                                                std::size_t, sensing_operator<float>&, status&);
template std::shared_ptr<void> processes::share(const sensing_operator<double>&, std::uint32_t, std::size_t,
                                                std::size_t, sensing_operator<double>&, status&);

void processes::wait_for_turn() noexcept {
  // Who is killed meanwhile had nothing to add.
  std::this_thread::sleep_for(std::chrono::milliseconds(100 * std::min(own_rank, 20)));
}

int processes::fail(int exit_code) noexcept {
  if (all == 1) return exit_code;
  std::cout.flush();
  std::cerr.flush();
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  return exit_code;
}

}  // namespace tinyrank::app
