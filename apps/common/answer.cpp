// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "answer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "error.hpp"
#include "npy.hpp"
#include "tinyrank/estimate.hpp"

namespace tinyrank::app {
namespace {

template <class T>
struct held_factor {
  aligned_buffer<T> cells;
  factor_view<const T> view;

  explicit held_factor(const answer<T>& given) {
    const std::size_t n = given.of.sensing.n;
    cells = aligned_buffer<T>("--estimate-out", require_factor<T>("--estimate-out", n, given.rank));
    const factor_view<T> u{cells.data(), n, given.rank, padded<T>(n)};
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < given.rank; ++c) u(j, c) = given.factor[j * given.rank + c];
    }
    view = u;
  }
};

/// Shortest text that reads back as the number.
template <class T>
std::string shortest(T value) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// As numpy writes and reads it: 1.5-0.25j
template <class T>
std::string complex_text(T real, T imaginary) {
  return shortest(real) + (std::signbit(imaginary) ? "" : "+") + shortest(imaginary) + "j";
}

/// A cell of a CSV file, quoted where it has to be.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char letter : text) cell += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return cell + "\"";
}

bool is_csv(const std::string& path) {
  return path.ends_with(".csv");
}

/// The table of what is written, entry by entry.
template <class T>
struct written_matrix {
  const answer<T>& given;
  held_factor<T> factor;
  factor_shape shape;
  matrix_size size;
  bool of_distances;
  mutable std::size_t clipped = 0;  ///< entries so far

  explicit written_matrix(const answer<T>& answered)
      : given(answered),
        factor(answered),
        shape(answered.of.sensing.shape),
        size(matrix_size_of(shape, answered.of.sensing.n)),
        of_distances(std::holds_alternative<distances_sensing<T>>(answered.of.chosen)) {}

  [[nodiscard]] matrix_entry at(std::size_t j, std::size_t k) const {
    if (of_distances) return {std::sqrt(given.scale) * distance_at(factor.view, j, k), 0};
    const matrix_entry entry = estimate_at<T>(shape, factor.view, j, k);
    const double value = given.scale * entry.real + given.of.offset_at(j, k),
                 within = given.of.clipped(value);
    if (within != value) ++clipped;
    return {within, given.scale * entry.imaginary};
  }
  [[nodiscard]] bool is_complex() const { return shape.kind == factor_kind::complex; }
};

template <class T>
void write_csv(output_file& out, const written_matrix<T>& matrix) {
  const std::vector<std::string>& rows = matrix.given.of.labels;
  const std::vector<std::string>& columns =
      matrix.shape.kind == factor_kind::rectangular ? matrix.given.of.column_labels : rows;
  if (!columns.empty()) {
    std::string line;
    for (const std::string& name : columns) line += (line.empty() && rows.empty() ? "" : ",") + quoted(name);
    out.write(line + "\n");
  }
  for (std::size_t j = 0; j < matrix.size.rows; ++j) {
    std::string line = rows.empty() ? "" : quoted(rows[j]);
    for (std::size_t k = 0; k < matrix.size.columns; ++k) {
      const matrix_entry entry = matrix.at(j, k);
      const T real = static_cast<T>(entry.real), imaginary = static_cast<T>(entry.imaginary);
      line += (k == 0 && rows.empty() ? "" : ",") +
              (matrix.is_complex() ? complex_text(real, imaginary) : shortest(real));
    }
    out.write(line + "\n");
  }
}

/// Row by row, without names.
template <class T>
void write_factor_csv(output_file& out, const answer<T>& given, T root) {
  const bool is_complex = given.of.sensing.shape.kind == factor_kind::complex;
  const std::size_t rows = is_complex ? given.of.sensing.n / 2 : given.of.sensing.n, r = given.rank;
  for (std::size_t j = 0; j < rows; ++j) {
    std::string line;
    for (std::size_t c = 0; c < r; ++c) {
      const T real = root * given.factor[j * r + c];
      if (c != 0) line += ',';
      line += is_complex ? complex_text(real, root * given.factor[(rows + j) * r + c]) : shortest(real);
    }
    out.write(line + "\n");
  }
}

}  // namespace

template <class T>
double unit_trace_scale(const answer<T>& given) {
  double trace = 0;
  for (const T element : given.factor) trace += static_cast<double>(element) * static_cast<double>(element);
  if (!(trace > 0) || !std::isfinite(trace))
    throw input_error("--unit-trace: the trace of the matrix that was found is " + shortest(trace));
  return 1 / trace;
}

template <class T>
void write_factor(output_file& out, const answer<T>& given) {
  const std::size_t n = given.of.sensing.n, r = given.rank;
  const auto root = static_cast<T>(std::sqrt(given.scale));
  if (is_csv(out.path())) return write_factor_csv(out, given, root);
  std::vector<T> scaled;
  scaled.reserve(given.factor.size());
  if (given.of.sensing.shape.kind != factor_kind::complex) {
    for (const T element : given.factor) scaled.push_back(root * element);
    const std::array<std::size_t, 2> shape = {n, r};
    return write_npy(out, shape, scaled.data());
  }
  const std::size_t d = n / 2;
  for (std::size_t k = 0; k < d * r; ++k) {
    scaled.push_back(root * given.factor[k]);
    scaled.push_back(root * given.factor[d * r + k]);
  }
  const std::array<std::size_t, 2> shape = {d, r};
  write_complex_npy(out, shape, scaled.data());
}

void check_estimate_name(const std::string& path) {
  if (!path.ends_with(".npy") && !is_csv(path))
    throw file_error(path, "a matrix is written as .csv or .npy; the name ends in neither");
}

template <class T>
std::size_t write_estimate(output_file& out, const answer<T>& given) {
  const written_matrix<T> matrix(given);
  if (is_csv(out.path())) {
    write_csv(out, matrix);
    return matrix.clipped;
  }
  std::vector<T> elements;
  for (std::size_t j = 0; j < matrix.size.rows; ++j) {
    for (std::size_t k = 0; k < matrix.size.columns; ++k) {
      const matrix_entry entry = matrix.at(j, k);
      elements.push_back(static_cast<T>(entry.real));
      if (matrix.is_complex()) elements.push_back(static_cast<T>(entry.imaginary));
    }
  }
  const std::array<std::size_t, 2> shape = {matrix.size.rows, matrix.size.columns};
  matrix.is_complex() ? write_complex_npy(out, shape, elements.data())
                      : write_npy(out, shape, elements.data());
  return matrix.clipped;
}

template double unit_trace_scale(const answer<float>&);
template double unit_trace_scale(const answer<double>&);
template void write_factor(output_file&, const answer<float>&);
template void write_factor(output_file&, const answer<double>&);
template std::size_t write_estimate(output_file&, const answer<float>&);
template std::size_t write_estimate(output_file&, const answer<double>&);

}  // namespace tinyrank::app
