// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "problem.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <span>
#include <type_traits>

#include "error.hpp"
#include "npy.hpp"
#include "row_stream.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/estimate.hpp"

namespace tinyrank::app {
namespace {

template <class T>
void measure_planted(problem<T>& made, const planted_argument& planted, execution_plan plan,
                     instruction_set isa) {
  const std::size_t n = made.sensing.n;
  if (const std::size_t most = largest_rank(made.sensing.shape, n); planted.rank > most) {
    throw input_error("--planted rank: " + std::to_string(planted.rank) + " is larger than " +
                      (most == n ? "n = " : "the smaller side, ") + std::to_string(most));
  }
  made.measured_by = "--planted";
  made.planted_storage = aligned_buffer<T>("--planted", require_factor<T>("--planted", n, planted.rank));
  const factor_view<T> truth{made.planted_storage.data(), n, planted.rank, padded<T>(n)};
  draw_planted_truth(truth, static_cast<T>(planted.condition_number), planted.seed);
  made.planted = truth;
  require_memory("--planted", std::uint64_t{made.sensing.measurement_count} * sizeof(T));
  made.y.resize(made.sensing.measurement_count);
  const aligned_buffer<std::byte> scratch("--planted", scratch_bytes(made.sensing, planted.rank, plan));
  workspace<T> how;
  require_ok("--planted",
             make_workspace(how, made.sensing, planted.rank, plan, isa, scratch.data(), scratch.size()));
  made.sensing.measure(how, made.planted, made.y.data());
  made.refuse_failure();
}

template <class T>
void load_truth(problem<T>& made, const std::string& path) {
  const bool is_complex = made.sensing.shape.kind == factor_kind::complex;
  const npy_file file(path, is_complex);
  const auto shape = file.shape();
  const matrix_size size = matrix_size_of(made.sensing.shape, made.sensing.n);
  if (shape.size() != 2 || shape[0] != size.rows || shape[1] != size.columns) {
    const std::string wanted =
        size.rows == size.columns
            ? "(n, n) with n = " + std::to_string(size.rows)
            : "(" + std::to_string(size.rows) + ", " + std::to_string(size.columns) + "), that of the matrix";
    throw file_error(path, "shape " + file.shape_text() + " is not " + wanted);
  }
  if (is_complex) {
    made.truth.resize(2 * file.element_count());
    file.copy_complex_rows(0, file.row_count(), std::span<double>(made.truth));
  } else {
    made.truth = file.read_all<double>();
  }
  double largest = 0;
  for (const double entry : made.truth) largest = std::max(largest, std::abs(entry));
  if (largest == 0) throw file_error(path, "the matrix is zero, so no relative error can be given");
  if (made.sensing.shape.kind == factor_kind::rectangular) return;
  const auto entry = [&](std::size_t j, std::size_t k) {
    return made.truth.data() + (is_complex ? 2 : 1) * (j * size.rows + k);
  };
  constexpr double rounding = 1e-4;  // of products that were formed in single precision
  for (std::size_t j = 0; j < size.rows; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      const double *here = entry(j, k), *mirrored = entry(k, j);
      const double apart = is_complex ? std::hypot(here[0] - mirrored[0], here[1] + mirrored[1])
                                      : std::abs(here[0] - mirrored[0]);
      if (apart <= rounding * largest) continue;
      throw file_error(path, std::string("the matrix is not ") + (is_complex ? "Hermitian" : "symmetric") +
                                 ": entries (" + std::to_string(j) + ", " + std::to_string(k) + ") and (" +
                                 std::to_string(k) + ", " + std::to_string(j) + ") " +
                                 (is_complex ? "are not conjugate" : "differ"));
    }
  }
}

}  // namespace

void require_ok(const std::string& what, status value) {
  if (value != status::ok) throw input_error(what + ": " + to_string(value));
}

template <class T>
std::vector<T> read_per_measurement(const std::string& path, std::size_t measurement_count) {
  const npy_file file(path);
  const auto shape = file.shape();
  // Of a vector all dimensions but one are 1.
  const bool vector = file.element_count() == *std::max_element(shape.begin(), shape.end());
  if (!vector || file.element_count() != measurement_count) {
    throw file_error(path, "shape " + file.shape_text() + " does not give one value for each of the " +
                               std::to_string(measurement_count) + " measurements");
  }
  return file.read_all<T>();
}

template <class T>
void problem<T>::refuse_failure() const {
  for (const auto& stream : streams) stream->refuse_failure();
}

template <class T>
void problem<T>::keep_own_part() {
  if (processes::count() == 1 || has_own_part) return;
  // A new vector each: one that is cut keeps its memory.
  const auto keep = [](auto& all, auto& own, std::size_t count) {
    std::remove_reference_t<decltype(all)>(own, own + count).swap(all);
    own = all.data();
  };
  std::visit(
      [&](auto& own) {
        if constexpr (requires { own.pairs; }) {
          if (own.pairs == nullptr || pairs.empty()) return;
          keep(pairs, own.pairs, own.measurement_count);
          has_own_part = true;
        } else if constexpr (requires { own.strings; }) {
          keep(strings, own.strings, own.measurement_count);
        } else if constexpr (requires { own.offsets; }) {
          keep(entries, own.entries, own.offsets[own.measurement_count]);
          std::vector<std::size_t>().swap(offsets);
        }
      },
      chosen);
}

template <class T>
const std::vector<index_pair>& problem<T>::all_pairs(std::vector<index_pair>& room) const {
  if (!has_own_part) return pairs;
  room.clear();
  for (std::uint32_t from = 0; from < processes::count(); ++from) {
    std::uint64_t count = pairs.size();
    processes::broadcast(std::as_writable_bytes(std::span(&count, 1)), from);
    const std::size_t first = room.size();
    room.resize(first + static_cast<std::size_t>(count));
    const auto part = std::span(room).subspan(first);
    if (from == processes::rank()) std::copy(pairs.begin(), pairs.end(), part.begin());
    processes::broadcast(std::as_writable_bytes(part), from);
  }
  return room;
}

template <class T>
double problem<T>::test_error(factor_view<const T> factor) const {
  const factor_shape shape = sensing.shape;
  if (shape.kind == factor_kind::symmetric && !has_unit_trace) {
    return planted.data != nullptr ? relative_test_error(factor, planted)
                                   : relative_test_error_full(factor, truth.data());
  }
  const matrix_size size = matrix_size_of(shape, factor.n);
  const std::size_t parts = shape.kind == factor_kind::complex ? 2 : 1;
  const auto truth_at = [&](std::size_t j, std::size_t k) -> matrix_entry {
    if (planted.data != nullptr) return estimate_at<T>(shape, planted, j, k);
    const double* entry = truth.data() + parts * (j * size.columns + k);
    return {entry[0], parts == 2 ? entry[1] : 0};
  };
  double found_scale = 1, truth_scale = 1;
  if (has_unit_trace) {
    double found = 0, right = 0;
    for (std::size_t j = 0; j < size.rows; ++j) {
      found += estimate_at<T>(shape, factor, j, j).real;
      right += truth_at(j, j).real;
    }
    // U = 0 is the start of every run.
    found_scale = found > 0 ? 1 / found : 0;
    truth_scale = 1 / right;
  }
  double error = 0, norm = 0;
  for (std::size_t j = 0; j < size.rows; ++j) {
    for (std::size_t k = 0; k < size.columns; ++k) {
      const matrix_entry z = estimate_at<T>(shape, factor, j, k), m = truth_at(j, k);
      const double real = found_scale * z.real + offset_at(j, k) - truth_scale * m.real,
                   imaginary = found_scale * z.imaginary - truth_scale * m.imaginary;
      error += real * real + imaginary * imaginary;
      norm += truth_scale * truth_scale * (m.real * m.real + m.imaginary * m.imaginary);
    }
  }
  return std::sqrt(error / norm);
}

template <class T>
std::optional<double> problem<T>::fidelity_of(factor_view<const T> factor) const {
  const std::size_t r = factor.rank, d = factor.n / 2;
  if (sensing.shape.kind != factor_kind::complex || !has_truth() || r == 0) return std::nullopt;
  if (planted.data != nullptr) {
    std::vector<double> work(fidelity_work(r, planted.rank));
    return fidelity(factor, planted, work.data());
  }
  // F of rho = W W^H / tr and sigma: (tr sqrt(W^H sigma W))^2 over both traces.
  using complex = std::complex<double>;
  const auto w = [&](std::size_t j, std::size_t c) {
    return complex(static_cast<double>(factor(j, c)), static_cast<double>(factor(d + j, c)));
  };
  const auto sigma = [&](std::size_t j, std::size_t k) {
    return complex(truth[2 * (j * d + k)], truth[2 * (j * d + k) + 1]);
  };
  std::vector<complex> image(d * r);
  double own_trace = 0, right_trace = 0;
  for (std::size_t j = 0; j < d; ++j) {
    right_trace += sigma(j, j).real();
    for (std::size_t c = 0; c < r; ++c) {
      own_trace += std::norm(w(j, c));
      for (std::size_t k = 0; k < d; ++k) image[j * r + c] += sigma(j, k) * w(k, c);
    }
  }
  if (!(own_trace > 0) || !(right_trace > 0)) return std::nullopt;
  const std::size_t side = 2 * r;
  std::vector<double> embedded(side * side), work(side * side), values(side);
  for (std::size_t a = 0; a < r; ++a) {
    for (std::size_t b = 0; b < r; ++b) {
      complex sum = 0;
      for (std::size_t j = 0; j < d; ++j) sum += std::conj(w(j, a)) * image[j * r + b];
      embedded[a * side + b] = embedded[(r + a) * side + r + b] = sum.real();
      embedded[a * side + r + b] = -sum.imag();
      embedded[(r + a) * side + b] = sum.imag();
    }
  }
  singular_values<double>({embedded.data(), side, side, side}, work.data(), values.data());
  // Each eigenvalue is there twice.
  double root = 0;
  for (const double value : values) root += 0.5 * std::sqrt(value);
  return root / own_trace * (root / right_trace);
}

template <class T>
void load_problem(problem<T>& made, const problem_sources& sources, execution_plan plan, instruction_set isa,
                  const std::function<void(const std::string&)>& note) {
  const std::string_view what = sources.sensing.what;
  const bool given = !sources.measurements.empty() || sources.planted.has_value();
  const auto refuse_second = [&] {
    throw input_error("--sensing " + sources.sensing.text.substr(0, sources.sensing.text.find(':')) +
                      ": the file holds the measurements; leave out --measurements and --planted");
  };
  const auto require_either = [&](const std::string& why) {
    if (given && sources.measurements.empty() == sources.planted.has_value()) return;
    throw input_error(why + "give either --measurements y.npy or --planted rank=..");
  };
  // Contradictions are told before a large file is read, where they show.
  const bool may_hold_values = what == "entries" || what == "rectangular" || what == "pauli";
  if (what == "distances") {
    if (given) refuse_second();
  } else if (!may_hold_values) {
    require_either("");
  }
  if (sources.planted && !sources.truth.empty()) {
    throw input_error("--truth: a --planted truth is known already; leave one out");
  }
  load_operator(made, sources.sensing, plan, isa, [&](const std::string& line) {
    made.notes.push_back(line);
    note(line);
  });
  made.range = sources.sensing.range;
  if (!made.y.empty()) {
    if (given) refuse_second();
  } else {
    require_either(printable(sources.sensing.path) + ": has no column of values; ");
  }
  if (sources.planted) measure_planted(made, *sources.planted, plan, isa);
  if (!sources.measurements.empty()) {
    made.y = read_per_measurement<T>(sources.measurements, made.sensing.measurement_count);
    made.measured_by = sources.measurements;
    made.put_in_order(made.y);
  }
  if (!sources.truth.empty()) load_truth(made, sources.truth);
}

template std::vector<float> read_per_measurement(const std::string&, std::size_t);
template std::vector<double> read_per_measurement(const std::string&, std::size_t);
template struct problem<float>;
template struct problem<double>;
template void load_problem(problem<float>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);
template void load_problem(problem<double>&, const problem_sources&, execution_plan, instruction_set,
                           const std::function<void(const std::string&)>&);

}  // namespace tinyrank::app
