// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// One operator over the processes of an MPI communicator, in the library tinyrank::mpi (TINYRANK_MPI; not in
// tinyrank.hpp). Each process has some of the measurements, runs the same solver, and gets the same bits as a
// single process does, whatever the number of processes. docs/mpi.md is the guide, and says what a pass
// costs.

#include <mpi.h>

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank::mpi {

/// What one process has: a run of whole shards, and the measurements in them.
struct part {
  std::uint32_t first_shard = 0;
  std::uint32_t shards = 0;
  std::size_t first = 0;  ///< measurement
  std::size_t count = 0;
};

/// The part of a process: runs of shards as equal as they can be. together: measurements that an operator
/// cuts as one, which are those of a mask (diffraction_length) for coded_diffraction_sensing, else 1. A part
/// with nothing in it: there are more processes than shards with measurements. Cost: O(processes).
[[nodiscard]] TINYRANK_API part part_of(std::uint32_t rank, std::uint32_t processes, std::uint32_t shards,
                                        std::size_t measurement_count, std::size_t together = 1) noexcept;

/// What the verbs of a shared operator work with. Filled by make_operator; not copied while it is in use.
template <class T>
struct shared_operator {
  sensing_operator<T> local;
  MPI_Comm processes = MPI_COMM_NULL;
  std::uint32_t rank = 0;
  std::uint32_t count = 1;
  std::uint32_t shards = 16;
  std::size_t measurement_count = 0;
  std::size_t together = 1;
  part own;
};

/// The operator of all measurements of the communicator's processes, of which `local` has this process's:
/// part_of(rank, processes, shards, measurement_count, together), in order. An operator that draws its
/// matrices is told with first_measurement (or first_mask) where they begin.
///
/// Every process calls the same verbs with the same arguments: U, all measurement_count numbers y or w, a
/// plan with as many shards as here (another's scratch is SIZE_MAX), threads as each likes. `measure` gives
/// all of y to all. So whole runs are the same everywhere, and any of the processes has the answer. MPI is
/// called from the caller's thread alone, MPI_THREAD_FUNNELED.
///
/// local: any operator that sums by shards, which are all of the library but Hadamard's. That one has no
/// matrices to divide, and its verbs are as quick as an exchange: let every process have the whole. An
/// operator of one's own that knows nothing of workspace::shared is added up as well, process by process,
/// and its bits depend on their number.
///
/// Collective: all get the same status. Errors: shards, measurement_count (0, or a part that is empty or not
/// what `local` has on some process), dimension (n differs between processes), operator_data. `made` and what
/// `local` refers to must outlive the operator.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(shared_operator<T>& made, const sensing_operator<T>& local,
                                                MPI_Comm processes, std::uint32_t shards,
                                                std::size_t measurement_count, std::size_t together,
                                                sensing_operator<T>& out) noexcept;

}  // namespace tinyrank::mpi
