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

namespace tinyrank::app {
namespace {

/// Rows of `size` numbers, each to `to` with `stride` elements from one to the next, padded with 0.
template <class T>
void read_padded_rows(const npy_file& file, std::size_t size, std::size_t stride, T* to) {
  const std::size_t rows = file.row_count(), group = file.suggested_rows();
  std::vector<T> buffer(group * size);
  for (std::size_t first = 0; first < rows; first += group) {
    const std::size_t count = std::min(group, rows - first);
    file.copy_rows(first, count, std::span<T>(buffer.data(), count * size));
    for (std::size_t i = 0; i < count; ++i) {
      T* row = to + (first + i) * stride;
      std::copy_n(buffer.data() + i * size, size, row);
      std::fill(row + size, row + stride, T(0));
    }
  }
}

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

template <class T>
aligned_buffer<T> vectors_of_side(const npy_file& file, std::size_t& length) {
  length = file.row_size();
  const std::size_t elements = bilinear_vector_elements<T>(length, file.row_count());
  aligned_buffer<T> made(file.path(), require_addressable(file.path(), length, elements));
  read_padded_rows(file, length, padded<T>(length), made.data());
  return made;
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
  npy_file file(path);
  if (file.shape().size() != 3) refuse_shape(file, "(m, rows, columns)");
  const std::size_t all = made.keep_own_rows(file);
  const std::size_t m = file.row_count(), rows = file.shape()[1], columns = file.shape()[2];
  const std::size_t elements = rectangular_dense_elements<T>(rows, columns, m);
  made.stored = aligned_buffer<T>(path, require_addressable(path, rows + columns, elements));
  read_padded_rows(file, rows * columns, rectangular_stride<T>(rows, columns), made.stored.data());
  made.choose_part(rectangular_dense_sensing<T>{rows, columns, m, made.stored.data()}, all, asked.title,
                   path);
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
  npy_file left(a.path.substr(0, comma)), right(a.path.substr(comma + 1));
  for (const npy_file* side : {&left, &right}) {
    if (side->shape().size() != 2) refuse_shape(*side, "(m, length): one vector in each row");
  }
  if (left.row_count() != right.row_count()) {
    throw file_error(right.path(), "has " + std::to_string(right.row_count()) + " vectors, and " +
                                       printable(left.path()) + " has " + std::to_string(left.row_count()));
  }
  const std::size_t all = made.keep_own_rows(left);
  made.keep_own_rows(right);
  std::size_t rows = 0, columns = 0;
  made.stored = vectors_of_side<T>(left, rows);
  made.stored_right = vectors_of_side<T>(right, columns);
  made.choose_part(
      bilinear_sensing<T>{rows, columns, left.row_count(), made.stored.data(), made.stored_right.data()}, all,
      asked.title, left.path());
}

template <class T, rank_one_form Form>
void load_complex_rank_one(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  if (a.path.empty()) {
    made.choose(generated_complex_rank_one_sensing<T>{a.n, a.measurement_count, a.seed, Form}, asked.title,
                "--sensing " + a.text);
    return;
  }
  npy_file file(a.path, true);
  const std::size_t each = vector_count(Form, 1);
  if (file.shape().size() != 2 || file.row_count() % each != 0) {
    refuse_shape(file, Form == rank_one_form::plain ? "(m, n): one complex vector in each row"
                                                    : "(2m, n): the rows a, b of each pair in turn");
  }
  const std::size_t all = made.keep_own_rows(file, each), vectors = file.row_count();
  const std::size_t d = file.row_size(), stride = padded<T>(2 * d);
  const std::size_t elements = rank_one_vector_elements<T>(2 * d, vectors / each, Form);
  made.stored = aligned_buffer<T>(a.path, require_addressable(a.path, 2 * d, elements));
  read_complex_rows<T>(file, [&](std::size_t i, const T* numbers) {
    T* row = made.stored.data() + i * stride;
    for (std::size_t j = 0; j < d; ++j) {
      row[j] = numbers[2 * j];
      row[d + j] = numbers[2 * j + 1];
    }
    std::fill(row + 2 * d, row + stride, T(0));
  });
  made.choose_part(complex_rank_one_sensing<T>{d, vectors / each, made.stored.data(), Form}, all, asked.title,
                   a.path);
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
  npy_file file(path, true);
  const auto shape = file.shape();
  if (shape.size() != 3 || shape[1] != shape[2]) refuse_shape(file, "(m, n, n)");
  const std::size_t all = made.keep_own_rows(file);
  const std::size_t m = file.row_count(), d = shape[1], stride = hermitian_stride<T>(d);
  made.stored = aligned_buffer<T>(path, require_addressable(path, 2 * d, hermitian_row_elements<T>(d, m)));
  std::size_t changed = 0;
  read_complex_rows<T>(file, [&](std::size_t i, const T* numbers) {
    if (!pack_row_from_hermitian(d, numbers, made.stored.data() + i * stride)) ++changed;
  });
  double counts[] = {static_cast<double>(changed), static_cast<double>(m)};
  processes::add_up(counts);
  if (counts[0] != 0) {
    asked.note(printable(path) + ": " + whole_number(counts[0]) + " of " + whole_number(counts[1]) +
               " matrices are not Hermitian; (H + H^H)/2 is used, which measures the real part of the same");
  }
  made.choose_part(hermitian_dense_sensing<T>{d, m, made.stored.data()}, all, asked.title, path);
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
