// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <numeric>

#include "error.hpp"
#include "loaders.hpp"
#include "matrix_file.hpp"
#include "npy.hpp"
#include "pauli_table.hpp"
#include "read_once.hpp"
#include "rectangular_table.hpp"
#include "streamed_operators.hpp"

namespace tinyrank::app {
namespace {

/// keep(i, numbers) for each row, real and imaginary parts in turn.
template <class T, class Keep>
void read_complex_rows(const npy_file& file, Keep keep) {
  const std::size_t rows = file.row_count(), group = file.suggested_rows(), size = 2 * file.row_size();
  std::vector<T> buffer(group * size);
  for (std::size_t first = 0; first < rows; first += group) {
    const std::size_t count = std::min(group, rows - first);
    file.copy_complex_rows(first, count, std::span<T>(buffer.data(), count * size));
    for (std::size_t i = 0; i < count; ++i) keep(first + i, buffer.data() + i * size);
  }
}

[[noreturn]] void refuse_shape(const npy_file& file, const std::string& wanted) {
  throw file_error(file.path(), "shape " + file.shape_text() + " is not " + wanted);
}

/// The real parts, then the imaginary ones.
template <class T>
void arrange_vector(std::size_t d, const T* numbers, T* row) {
  for (std::size_t j = 0; j < d; ++j) {
    row[j] = numbers[2 * j];
    row[d + j] = numbers[2 * j + 1];
  }
  std::fill(row + 2 * d, row + padded<T>(2 * d), T(0));
}

template <class T>
void arrange_matrix(std::size_t d, const T* numbers, T* row) {
  pack_row_from_hermitian(d, numbers, row);
}

}  // namespace

template <class T>
void load_rectangular(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  rectangular_values<T> read =
      read_once(path, [&] { return read_rectangular_values<T>(path, asked.a.range); });
  if (!read.note.empty()) asked.note(read.note);
  std::vector<index_pair> joined = read.pairs;
  for (index_pair& pair : joined) pair.second += static_cast<std::uint32_t>(read.rows);
  if (const std::size_t groups = count_groups(read.rows + read.columns, joined); groups > 1) {
    asked.note(printable(path) + ": rows and columns fall into " + std::to_string(groups) +
               " groups that no known entry connects; the entries between groups are arbitrary");
  }
  made.pairs = std::move(read.pairs);
  made.y = std::move(read.values);
  made.weights = std::move(read.weights);
  made.labels = std::move(read.row_names);
  made.column_labels = std::move(read.column_names);
  made.measured_by = path;
  made.choose(rectangular_entries_sensing<T>{read.rows, read.columns, made.pairs.size(), made.pairs.data()},
              asked.title, path);
}

template <class T>
void load_rectangular_dense(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  const auto opened = std::make_shared<npy_file>(path);
  npy_file& file = *opened;
  if (file.shape().size() != 3) refuse_shape(file, "(m, rows, columns)");
  const std::size_t all = made.keep_own_rows(file);
  const std::size_t m = file.row_count(), rows = file.shape()[1], columns = file.shape()[2];
  const std::size_t elements =
      require_addressable(path, rows + columns, rectangular_dense_elements<T>(rows, columns, m));
  const bool is_streamed = stays_in_file(asked, std::uint64_t{elements} * sizeof(T), file);
  if (!is_streamed) made.stored = aligned_buffer<T>(path, elements);
  read_padded_rows(file, rows * columns, rectangular_stride<T>(rows, columns), made.stored.data());
  const rectangular_dense_sensing<T> stored{rows, columns, m, made.stored.data()};
  choose_rows(made, asked, stored, file, is_streamed, read_numbers<T>(opened), all);
}

template <class T>
void load_bilinear(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  if (a.path.empty()) {
    made.choose(
        generated_bilinear_sensing<T>{
            .rows = a.rows, .columns = a.columns, .measurement_count = a.measurement_count, .seed = a.seed},
        asked.title, "--sensing " + a.text);
    return;
  }
  const std::size_t comma = a.path.find(',');
  if (comma == std::string::npos || comma == 0 || comma + 1 == a.path.size()) {
    throw input_error("--sensing " + a.text +
                      ": names two files, B.npy,C.npy: the b_i and the c_i of y_i = b_i^T M c_i");
  }
  const auto left = std::make_shared<npy_file>(a.path.substr(0, comma)),
             right = std::make_shared<npy_file>(a.path.substr(comma + 1));
  for (const npy_file* side : {left.get(), right.get()}) {
    if (side->shape().size() != 2) refuse_shape(*side, "(m, length): one vector in each row");
  }
  if (left->row_count() != right->row_count()) {
    throw file_error(right->path(), "has " + std::to_string(right->row_count()) + " vectors, and " +
                                        printable(left->path()) + " has " +
                                        std::to_string(left->row_count()));
  }
  const std::size_t all = made.keep_own_rows(*left), m = left->row_count();
  made.keep_own_rows(*right);
  const std::size_t rows = left->row_size(), columns = right->row_size();
  const std::size_t left_elements =
      require_addressable(left->path(), rows, bilinear_vector_elements<T>(rows, m));
  const std::size_t right_elements =
      require_addressable(right->path(), columns, bilinear_vector_elements<T>(columns, m));
  const std::uint64_t bytes = (std::uint64_t{left_elements} + right_elements) * sizeof(T);
  const bool is_streamed = stays_in_file(asked, bytes, *left) && stays_in_file(asked, bytes, *right);
  if (!is_streamed) {
    made.stored = aligned_buffer<T>(left->path(), left_elements);
    made.stored_right = aligned_buffer<T>(right->path(), right_elements);
  }
  read_padded_rows(*left, rows, padded<T>(rows), made.stored.data());
  read_padded_rows(*right, columns, padded<T>(columns), made.stored_right.data());
  const bilinear_sensing<T> stored{rows, columns, m, made.stored.data(), made.stored_right.data()};
  if (!is_streamed) return made.choose_part(stored, all, asked.title, left->path());
  const auto keep = [&](const std::shared_ptr<npy_file>& side) {
    return keep_in_file(made.streams, asked.note, side->path(), bytes_of_rows(*side), read_numbers<T>(side));
  };
  const row_source left_source = keep(left), right_source = keep(right);
  made.choose_streamed(streamed_sensing<bilinear_sensing<T>>{stored, left_source, right_source}, all,
                       asked.title, left->path());
}

template <class T, rank_one_form Form>
void load_complex_rank_one(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  if (a.path.empty()) {
    made.choose(generated_complex_rank_one_sensing<T>{a.n, a.measurement_count, a.seed, Form}, asked.title,
                "--sensing " + a.text);
    return;
  }
  const auto opened = std::make_shared<npy_file>(a.path, true);
  npy_file& file = *opened;
  const std::size_t each = vector_count(Form, 1);
  if (file.shape().size() != 2 || file.row_count() % each != 0) {
    refuse_shape(file, Form == rank_one_form::plain ? "(m, n): one complex vector in each row"
                                                    : "(2m, n): the rows a, b of each pair in turn");
  }
  const std::size_t all = made.keep_own_rows(file, each), m = file.row_count() / each;
  const std::size_t d = file.row_size(), stride = padded<T>(2 * d);
  const std::size_t elements =
      require_addressable(a.path, 2 * d, rank_one_vector_elements<T>(2 * d, m, Form));
  const bool is_streamed = stays_in_file(asked, std::uint64_t{elements} * sizeof(T), file);
  if (!is_streamed) made.stored = aligned_buffer<T>(a.path, elements);
  read_complex_rows<T>(file, [&](std::size_t i, const T* numbers) {
    if (!is_streamed) arrange_vector(d, numbers, made.stored.data() + i * stride);
  });
  const complex_rank_one_sensing<T> stored{d, m, made.stored.data(), Form};
  choose_rows(made, asked, stored, file, is_streamed, read_complex<T>(opened, arrange_vector<T>), all);
}

template <class T>
void load_phase(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  const std::size_t length = diffraction_length(a.n);
  if (length == 0 || a.masks > SIZE_MAX / length) {
    throw input_error("--sensing " + a.text + ": " + to_string(status::dimension));
  }
  made.choose(coded_diffraction_sensing<T>{a.n, a.masks * length, a.seed,
                                           a.is_hadamard ? diffraction_transform::hadamard
                                                         : diffraction_transform::fourier},
              asked.title, "--sensing " + a.text);
}

template <class T>
void load_pauli(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  pauli_values<T> read = read_once(path, [&] { return read_pauli_strings<T>(path); });
  // Neighbours that flip the same qubits share the products of rows: a pass over 1,228 strings of 6 qubits
  // takes a fifth of the time.
  made.order.resize(read.strings.size());
  std::iota(made.order.begin(), made.order.end(), std::size_t{0});
  std::stable_sort(made.order.begin(), made.order.end(),
                   [&](std::size_t a, std::size_t b) { return read.strings[a].x < read.strings[b].x; });
  for (const std::size_t k : made.order) made.strings.push_back(read.strings[k]);
  made.y = std::move(read.values);
  if (!made.y.empty()) made.put_in_order(made.y);
  made.measured_by = path;
  made.choose(pauli_sensing<T>{read.qubits, made.strings.size(), made.strings.data()}, asked.title, path);
}

template <class T>
void load_hermitian(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  const auto opened = std::make_shared<npy_file>(path, true);
  npy_file& file = *opened;
  const auto shape = file.shape();
  if (shape.size() != 3 || shape[1] != shape[2]) refuse_shape(file, "(m, n, n)");
  const std::size_t all = made.keep_own_rows(file);
  const std::size_t m = file.row_count(), d = shape[1], stride = hermitian_stride<T>(d);
  const std::size_t elements = require_addressable(path, 2 * d, hermitian_row_elements<T>(d, m));
  const bool is_streamed = stays_in_file(asked, std::uint64_t{elements} * sizeof(T), file);
  made.stored = aligned_buffer<T>(path, is_streamed ? stride : elements);
  std::size_t changed = 0;
  read_complex_rows<T>(file, [&](std::size_t i, const T* numbers) {
    T* const row = made.stored.data() + (is_streamed ? 0 : i * stride);
    if (!pack_row_from_hermitian(d, numbers, row)) ++changed;
  });
  double counts[] = {static_cast<double>(changed), static_cast<double>(m)};
  processes::add_up(counts);
  if (counts[0] != 0) {
    asked.note(printable(path) + ": " + whole_number(counts[0]) + " of " + whole_number(counts[1]) +
               " matrices are not Hermitian; (H + H^H)/2 is used, which measures the real part of the same");
  }
  const hermitian_dense_sensing<T> stored{d, m, made.stored.data()};
  choose_rows(made, asked, stored, file, is_streamed, read_complex<T>(opened, arrange_matrix<T>), all);
}

#define TINYRANK_LOADERS(T)                                                                     \
  template void load_rectangular(problem<T>&, const request&);                                  \
  template void load_rectangular_dense(problem<T>&, const request&);                            \
  template void load_bilinear(problem<T>&, const request&);                                     \
  template void load_complex_rank_one<T, rank_one_form::plain>(problem<T>&, const request&);    \
  template void load_complex_rank_one<T, rank_one_form::debiased>(problem<T>&, const request&); \
  template void load_phase(problem<T>&, const request&);                                        \
  template void load_pauli(problem<T>&, const request&);                                        \
  template void load_hermitian(problem<T>&, const request&);
TINYRANK_LOADERS(float)
TINYRANK_LOADERS(double)
#undef TINYRANK_LOADERS

}  // namespace tinyrank::app
