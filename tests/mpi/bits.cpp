// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Run by mpirun: every operator's golden runs, shared by the processes there are.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "catalogue/methods.hpp"
#include "catalogue/parts.hpp"
#include "catalogue_run.hpp"
#include "support.hpp"
#include "tinyrank/mpi.hpp"
#include "tinyrank/recovery.hpp"

namespace {

using namespace tinyrank;

int rank = 0, processes = 1, faults = 0;

bool expect(bool good, const std::string& what) {
  if (good) return true;
  ++faults;
  std::fprintf(stderr, "process %d of %d: %s\n", rank, processes, what.c_str());
  return false;
}

/// An operator of the catalogue, and this process's part of the same one.
template <class Row, class T>
struct shared_case {
  test::aligned_vector<std::byte> storage;
  std::vector<std::size_t> offsets;
  typename Row::template sensing<T> whole, own;
  sensing_operator<T> table, local, shared;
  mpi::shared_operator<T> made;
  status found = status::ok;

  explicit shared_case(std::size_t m, std::uint32_t shards) {
    constexpr std::size_t n = catalogue::run_n<Row>;
    storage.resize(catalogue::storage_bytes<Row, T>(n, m));
    arena memory(storage.data(), storage.size());
    whole = catalogue::make<Row, T>(n, m, catalogue::run_seed, memory);
    expect(tinyrank::make_operator(whole, table) == status::ok, "the whole operator was refused");
    shared = table;
    if constexpr (catalogue::has_parts(typename Row::template sensing<T>())) {
      const std::size_t together = catalogue::measured_together(whole);
      const mpi::part part = mpi::part_of(static_cast<std::uint32_t>(rank),
                                          static_cast<std::uint32_t>(processes), shards, m, together);
      own = catalogue::part_of(whole, part.first, part.count, offsets);
      if (part.count != 0) expect(tinyrank::make_operator(own, local) == status::ok, "a part was refused");
      found = mpi::make_operator(made, local, MPI_COMM_WORLD, shards, m, together, shared);
    }
  }
};

template <class T>
struct workspace_of {
  test::aligned_vector<std::byte> scratch;
  workspace<T> how;
  workspace_of(const sensing_operator<T>& a, std::size_t columns, execution_plan plan)
      : scratch(scratch_bytes(a, columns, plan)) {
    expect(make_workspace(how, a, columns, plan, instruction_set::automatic, scratch.data(),
                          scratch.size()) == status::ok,
           "no workspace");
  }
};

/// measure and the three verbs have the bits that one process gives them.
template <class T>
void compare_verbs(const sensing_operator<T>& alone, const sensing_operator<T>& shared, execution_plan plan,
                   const std::string& what) {
  constexpr std::size_t columns = 3;
  const std::size_t m = alone.measurement_count;
  const execution_plan one{1, plan.shards};
  const workspace_of<T> first(alone, columns, one), second(shared, columns, plan);
  test::owned_factor<T> u(alone.n, columns), of_alone(alone.n, columns), of_shared(alone.n, columns);
  draw_planted_truth(u.view(), T(2), 99);
  std::vector<T> y(m), z(m, T(-1)), w(m);
  for (std::size_t i = 0; i < m; ++i) w[i] = static_cast<T>(static_cast<double>(i % 7) - 2.5);
  const auto same = [&] {
    return std::memcmp(of_alone.read().data, of_shared.read().data, of_alone.size() * sizeof(T)) == 0;
  };
  alone.measure(first.how, u.read(), y.data());
  shared.measure(second.how, u.read(), z.data());
  expect(std::memcmp(y.data(), z.data(), m * sizeof(T)) == 0, what + ": measure");
  alone.adjoint_times(first.how, w.data(), u.read(), of_alone.view());
  shared.adjoint_times(second.how, w.data(), u.read(), of_shared.view());
  expect(same(), what + ": adjoint_times");
  const T loss = alone.loss_and_gradient(first.how, u.read(), w.data(), of_alone.view());
  const T other = shared.loss_and_gradient(second.how, u.read(), w.data(), of_shared.view());
  expect(same(), what + ": gradient");
  expect(loss == other && loss > 0, what + ": loss");
}

template <class Row, class T>
void check_golden_runs(std::uint32_t threads, bool staircase_too) {
  const execution_plan plan{threads, 16};
  const std::string what =
      std::string(Row::name) + (sizeof(T) == 4 ? " f32, " : " f64, ") + std::to_string(threads) + " threads";
  constexpr std::size_t m = catalogue::run_m<Row>;
  const shared_case<Row, T> of(m, plan.shards);
  if (of.found == status::measurement_count &&
      mpi::part_of(0, static_cast<std::uint32_t>(processes), 16, m, catalogue::measured_together(of.whole))
              .count == 0)
    return;  // fewer masks than processes
  if (!expect(of.found == status::ok, what + ": " + to_string(of.found))) return;
  compare_verbs(of.table, of.shared, plan, what);

  test::owned_factor<T> truth(of.whole.n, catalogue::run_true_rank);
  draw_planted_truth(truth.view(), T(2), 15013);
  std::vector<T> y(m);
  const workspace_of<T> how(of.shared, catalogue::run_true_rank, plan);
  of.shared.measure(how.how, truth.read(), y.data());
  {
    descent<T> run;
    const auto options = catalogue::run_options<T>(plan);
    test::aligned_vector<std::byte> memory(descent_bytes(of.shared, options));
    expect(init_operator(run, of.shared, y.data(), options, memory.data(), memory.size()) == status::ok,
           what + ": a descent was refused");
    run_to_end(run);
    expect(factor_bits(run.factor) == catalogue::expected_bits<Row, T>, what + ": golden bits of a descent");
  }
  if (!staircase_too) return;
  staircase<T> run;
  const auto options = catalogue::staircase_run_options<T>(plan);
  test::aligned_vector<std::byte> memory(staircase_bytes(of.shared, options));
  expect(init_operator(run, of.shared, y.data(), options, memory.data(), memory.size()) == status::ok,
         what + ": a staircase was refused");
  run_to_end(run);
  expect((factor_bits(run.factor) ^ run.report.passes) == catalogue::expected_staircase_bits<Row, T>,
         what + ": golden bits of a staircase");
}

/// Trees of other sizes, with shards that have nothing, and more than a buffer is kept for.
template <class Row, class T>
void check_shards() {
  for (const std::uint32_t shards : {1u, 8u, 4096u}) {
    for (const std::size_t m : {std::size_t{17}, std::size_t{1500}}) {
      for (const std::uint32_t threads : {1u, 3u}) {
        const std::string what = std::string(Row::name) + ", " + std::to_string(shards) +
                                 " shards, m = " + std::to_string(m) + ", " + std::to_string(threads) +
                                 " threads";
        const shared_case<Row, T> of(m, shards);
        const bool too_many = static_cast<std::size_t>(processes) > std::min<std::size_t>(shards, m);
        expect((of.found == status::measurement_count) == too_many, what + ": " + to_string(of.found));
        if (of.found == status::ok) compare_verbs(of.table, of.shared, {threads, shards}, what);
      }
    }
  }
}

/// A sum that is more than one message.
void check_long_sums() {
  const std::size_t n = 600;
  const gaussian_sensing<float> whole{n, 32, 5, gaussian_ensemble::isotropic};
  std::vector<std::size_t> offsets;
  const mpi::part part =
      mpi::part_of(static_cast<std::uint32_t>(rank), static_cast<std::uint32_t>(processes), 16, 32);
  const gaussian_sensing<float> own = catalogue::part_of(whole, part.first, part.count, offsets);
  sensing_operator<float> alone, local, shared;
  mpi::shared_operator<float> made;
  expect(make_operator(whole, alone) == status::ok && make_operator(own, local) == status::ok, "gaussian");
  expect(mpi::make_operator(made, local, MPI_COMM_WORLD, 16, 32, 1, shared) == status::ok, "long sums");
  compare_verbs(alone, shared, {2, 16}, "n = 600");
}

/// A operator that knows nothing of shards: A_i = Id, by its own loops.
struct traces {
  std::size_t n = 5, measurement_count = 64;
  void measure(const workspace<double>&, factor_view<const double> u, double* y) const noexcept {
    double trace = 0;
    for (std::size_t c = 0; c < u.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) trace += u(j, c) * u(j, c);
    }
    for (std::size_t i = 0; i < measurement_count; ++i) y[i] = trace;
  }
  void adjoint_times(const workspace<double>&, const double* w, factor_view<const double> v,
                     factor_view<double> out) const noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < measurement_count; ++i) sum += w[i];
    for (std::size_t k = 0; k < v.rank * v.stride; ++k) out.data[k] = sum * v.data[k];
  }
};

void check_own_operator() {
  const traces whole;
  traces own;
  const mpi::part part =
      mpi::part_of(static_cast<std::uint32_t>(rank), static_cast<std::uint32_t>(processes), 16, 64);
  own.measurement_count = part.count;
  sensing_operator<double> alone, local, shared;
  mpi::shared_operator<double> made;
  expect(make_operator(whole, alone) == status::ok && make_operator(own, local) == status::ok, "traces");
  expect(mpi::make_operator(made, local, MPI_COMM_WORLD, 16, 64, 1, shared) == status::ok, "own operator");
  test::owned_factor<double> u(5, 2), g(5, 2), h(5, 2);
  draw_planted_truth(u.view(), 2.0, 7);
  std::vector<double> y(64);
  for (std::size_t i = 0; i < 64; ++i) y[i] = static_cast<double>(i);
  const workspace_of<double> first(alone, 2, {}), second(shared, 2, {});
  const double loss = alone.loss_and_gradient(first.how, u.read(), y.data(), g.view());
  const double other = shared.loss_and_gradient(second.how, u.read(), y.data(), h.view());
  expect(std::abs(loss - other) <= 1e-13 * loss, "own operator: loss");
  double difference = 0, size = 0;
  for (std::size_t k = 0; k < g.size(); ++k) {
    const double of_g = g.read().data[k], of_h = h.read().data[k];
    difference += (of_g - of_h) * (of_g - of_h);
    size += of_g * of_g;
  }
  expect(size > 0 && difference <= 1e-26 * size, "own operator: gradient");
}

/// One process that refuses is not waited for.
void check_refusals() {
  gaussian_sensing<float> own{8, 1, 1, gaussian_ensemble::isotropic};
  const mpi::part part =
      mpi::part_of(static_cast<std::uint32_t>(rank), static_cast<std::uint32_t>(processes), 16, 160);
  own.measurement_count = part.count + (rank == processes - 1 ? 1 : 0);
  sensing_operator<float> local, shared;
  mpi::shared_operator<float> made;
  expect(make_operator(own, local) == status::ok, "gaussian");
  expect(mpi::make_operator(made, local, MPI_COMM_WORLD, 16, 160, 1, shared) == status::measurement_count,
         "a part of another size was accepted");
  expect(mpi::make_operator(made, local, MPI_COMM_WORLD, 12, 160, 1, shared) == status::shards,
         "12 shards were accepted");
  own.measurement_count = part.count;
  own.n = rank == 0 ? 9 : 8;
  expect(make_operator(own, local) == status::ok, "gaussian");
  const status found = mpi::make_operator(made, local, MPI_COMM_WORLD, 16, 160, 1, shared);
  expect(found == (processes == 1 ? status::ok : status::dimension), "two dimensions were accepted");
  if (found == status::ok) {
    expect(scratch_bytes(shared, 2, {1, 32}) == SIZE_MAX, "a plan of other shards was accepted");
  }
}

template <class T>
void check_all(bool threads_too) {
  catalogue::for_every_operator([&](auto row) {
    check_golden_runs<decltype(row), T>(1, true);
    if (threads_too) check_golden_runs<decltype(row), T>(2, false);
  });
}

}  // namespace

int main(int count, char** words) {
  int provided = 0;
  MPI_Init_thread(&count, &words, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &processes);
  // mpirun of one MPI starts single processes of the other.
  const int wanted = count > 1 ? std::atoi(words[1]) : processes;
  expect(processes == wanted, "not as many processes as asked for");
  const bool can_share = check_plan({2, 16}) == status::ok;
  check_all<float>(can_share);
  check_all<double>(can_share && processes <= 5);
  check_shards<catalogue::dense_row, float>();
  check_shards<catalogue::entries_row, double>();
  check_long_sums();
  check_own_operator();
  check_refusals();
  MPI_Allreduce(MPI_IN_PLACE, &faults, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  if (rank == 0) std::printf("%d processes, %d faults\n", processes, faults);
  MPI_Finalize();
  return faults == 0 ? 0 : 1;
}
