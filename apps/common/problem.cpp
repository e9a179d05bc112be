// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "problem.hpp"

#include <cmath>
#include <numeric>

#include "distance_table.hpp"
#include "error.hpp"
#include "npy.hpp"
#include "threads.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank::app {
namespace {

std::size_t dimension_of_packed(std::size_t entries) {
  auto n = static_cast<std::size_t>((std::sqrt(8.0 * static_cast<double>(entries) + 1.0) - 1.0) / 2.0);
  while (packed_count(n) < entries) ++n;
  return packed_count(n) == entries ? n : 0;
}

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "(";
  for (const std::size_t extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + ")";
}

template <class T>
void allocate_rows(problem<T>& made, const std::string& name, std::size_t n, std::size_t m) {
  if (n > largest_dimension) throw input_error(name + ": n is above " + std::to_string(largest_dimension));
  const std::size_t elements = dense_row_elements<T>(n, m);
  if (elements == SIZE_MAX) throw input_error(name + ": n and m are too large for this machine's addresses");
  made.rows = aligned_buffer<T>(name, elements);
  made.dense = {n, m, made.rows.data()};
  require_ok(name, make_operator(made.dense, made.sensing));
}

template <class T>
void load_dense(problem<T>& made, const std::string& path,
                const std::function<void(const std::string&)>& note) {
  const npy_file file(path);
  const auto shape = file.shape();
  const bool full = shape.size() == 3 && shape[1] == shape[2];
  const std::size_t n = full ? shape[1] : shape.size() == 2 ? dimension_of_packed(shape[1]) : 0;
  if (n == 0) {
    throw file_error(path, "shape " + shape_text(shape) +
                               " is neither (m, n, n) nor (m, n(n+1)/2), the lower triangles row by row");
  }
  const std::size_t m = shape[0], stride = packed_stride<T>(n), group = file.suggested_rows();
  allocate_rows(made, path, n, m);
  std::vector<T> buffer(group * file.row_size());
  std::size_t symmetrised = 0;
  for (std::size_t first = 0; first < m; first += group) {
    const std::size_t count = std::min(group, m - first);
    file.copy_rows(first, count, std::span<T>(buffer.data(), count * file.row_size()));
    for (std::size_t i = 0; i < count; ++i) {
      const T* from = buffer.data() + i * file.row_size();
      T* to = made.rows.data() + (first + i) * stride;
      if (!full) {
        pack_row_from_packed(n, from, to);
      } else if (!pack_row_from_full(n, from, to)) {
        ++symmetrised;
      }
    }
  }
  if (symmetrised != 0) {
    note(printable(path) + ": " + std::to_string(symmetrised) + " of " + std::to_string(m) +
         " matrices are not symmetric; (A + A^T)/2 is used, which measures the same");
  }
}

template <class T>
void load_gaussian(problem<T>& made, const sensing_argument& a, execution_plan plan, instruction_set isa) {
  allocate_rows(made, "--sensing " + a.text, a.n, a.measurement_count);
  const std::size_t stride = packed_stride<T>(a.n);
  in_threads(plan.threads, a.measurement_count, [&](std::size_t first, std::size_t last) {
    // The instruction set was found usable before, and the rows are there: nothing is left to refuse.
    (void)fill_gaussian_rows(a.n, first, last - first, a.seed, a.ensemble, made.rows.data() + first * stride,
                             isa);
  });
}

template <class T>
void measure_planted(problem<T>& made, const planted_argument& planted, execution_plan plan,
                     instruction_set isa) {
  const std::size_t n = made.sensing.n;
  if (planted.rank > n) {
    throw input_error("--planted rank: " + std::to_string(planted.rank) +
                      " is larger than n = " + std::to_string(n));
  }
  made.measured_by = "--planted";
  made.planted_storage = aligned_buffer<T>("--planted", factor_count<T>(n, planted.rank));
  const factor_view<T> truth{made.planted_storage.data(), n, planted.rank, padded<T>(n)};
  draw_planted_truth(truth, static_cast<T>(planted.condition_number), planted.seed);
  made.planted = truth;
  made.y.resize(made.sensing.measurement_count);
  const aligned_buffer<std::byte> scratch("--planted", scratch_bytes(made.sensing, planted.rank, plan));
  execution<T> how;
  require_ok("--planted",
             make_execution(how, made.sensing, planted.rank, plan, isa, scratch.data(), scratch.size()));
  made.sensing.measure(made.sensing.context, how, made.planted, made.y.data());
}

template <class T>
void load_measurements(problem<T>& made, const std::string& path) {
  const npy_file file(path);
  const auto shape = file.shape();
  const std::size_t m = made.sensing.measurement_count;
  const bool vector = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!vector || shape[0] != m) {
    throw file_error(path, "shape " + shape_text(shape) + " does not give one value for each of the " +
                               std::to_string(m) + " measurements");
  }
  made.y = file.read_all<T>();
  made.measured_by = path;
}

template <class T>
void load_truth(problem<T>& made, const std::string& path) {
  const npy_file file(path);
  const auto shape = file.shape();
  const std::size_t n = made.sensing.n;
  if (shape.size() != 2 || shape[0] != n || shape[1] != n) {
    throw file_error(path, "shape " + shape_text(shape) + " is not (n, n) with n = " + std::to_string(n));
  }
  made.truth = file.read_all<double>();
  bool zero = true;
  for (const double entry : made.truth) zero = zero && entry == 0;
  if (zero) throw file_error(path, "the matrix is zero, so no relative error can be given");
}

/// Groups of points that no known distance connects.
std::size_t count_groups(const distance_table& table) {
  std::vector<std::size_t> parent(table.n);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root_of = [&](std::size_t point) {
    for (; parent[point] != point; point = parent[point]) parent[point] = parent[parent[point]];
    return point;
  };
  std::size_t groups = table.n;
  for (const auto& entry : table.entries) {
    const std::size_t i = root_of(entry.i), j = root_of(entry.j);
    if (i == j) continue;
    parent[i] = j;
    --groups;
  }
  return groups;
}

}  // namespace

void require_ok(const std::string& what, status value) {
  if (value != status::ok) throw input_error(what + ": " + to_string(value));
}

template <class T>
double problem<T>::test_error(factor_view<const T> factor) const {
  return planted.data != nullptr ? relative_test_error(factor, planted)
                                 : relative_test_error_full(factor, truth.data());
}

template <class T>
void set_distances(problem<T>& made, std::size_t n, const std::vector<index_pair>& pairs,
                   const std::vector<double>& distances, const std::string& name) {
  made.pairs = pairs;
  made.measured_by = name;
  made.y.clear();
  for (const double distance : distances) {
    made.y.push_back(static_cast<T>(distance * distance));
    if (!std::isfinite(made.y.back())) {
      throw file_error(
          name, "the square of the distance " + std::to_string(distance) + " overflows this precision");
    }
  }
  made.distances = {n, made.pairs.size(), made.pairs.data()};
  require_ok(name, make_operator(made.distances, made.sensing));
}

template <class T>
void load_problem(problem<T>& made, const problem_sources& sources, execution_plan plan, instruction_set isa,
                  const std::function<void(const std::string&)>& note) {
  const sensing_argument& a = sources.sensing;
  const bool distances = a.what == sensing_argument::kind::distances;
  const bool has_measurements = !sources.measurements.empty();
  if (distances && (has_measurements || sources.planted)) {
    throw input_error(
        "--sensing distances: the file holds the measurements; leave out --measurements and --planted");
  }
  if (!distances && has_measurements == sources.planted.has_value()) {
    throw input_error("give either --measurements y.npy or --planted rank=..");
  }
  if (sources.planted && !sources.truth.empty()) {
    throw input_error("--truth: a --planted truth is known already; leave one out");
  }
  if (a.what == sensing_argument::kind::dense) {
    load_dense(made, a.path, note);
  } else if (a.what == sensing_argument::kind::gaussian) {
    load_gaussian(made, a, plan, isa);
  } else if (a.what == sensing_argument::kind::hadamard) {
    made.hadamard = {a.n, a.measurement_count, a.seed, nullptr};
    require_ok("--sensing " + a.text, make_operator(made.hadamard, made.sensing));
  } else {
    distance_table table = read_distance_table(a.path);
    if (const std::size_t groups = count_groups(table); groups > 1) {
      note(printable(a.path) + ": the points fall into " + std::to_string(groups) +
           " groups without a known distance between them; how the groups lie to each other is arbitrary");
    }
    std::vector<index_pair> pairs;
    std::vector<double> values;
    for (const auto& entry : table.entries) {
      pairs.push_back({entry.i, entry.j});
      values.push_back(entry.distance);
    }
    made.labels = std::move(table.labels);
    set_distances(made, table.n, pairs, values, a.path);
  }
  if (sources.planted) measure_planted(made, *sources.planted, plan, isa);
  if (has_measurements) load_measurements(made, sources.measurements);
  if (!sources.truth.empty()) load_truth(made, sources.truth);
}

template struct problem<float>;
template struct problem<double>;
template void load_problem(problem<float>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);
template void load_problem(problem<double>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);
template void set_distances(problem<float>&, std::size_t, const std::vector<index_pair>&,
                            const std::vector<double>&, const std::string&);
template void set_distances(problem<double>&, std::size_t, const std::vector<index_pair>&,
                            const std::vector<double>&, const std::string&);

}  // namespace tinyrank::app
