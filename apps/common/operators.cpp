// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "catalogue/operators.hpp"

#include <cmath>
#include <numeric>

#include "coordinate_table.hpp"
#include "distance_table.hpp"
#include "error.hpp"
#include "loaders.hpp"
#include "matrix_file.hpp"
#include "npy.hpp"
#include "problem.hpp"
#include "read_once.hpp"
#include "recovery.hpp"
#include "rounded_file.hpp"
#include "streamed_operators.hpp"
#include "threads.hpp"

namespace tinyrank::app {

std::size_t count_groups(std::size_t n, const std::vector<index_pair>& pairs) {
  std::vector<std::size_t> parent(n);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root_of = [&](std::size_t point) {
    for (; parent[point] != point; point = parent[point]) parent[point] = parent[parent[point]];
    return point;
  };
  std::size_t groups = n;
  for (const index_pair& pair : pairs) {
    const std::size_t i = root_of(pair.first), j = root_of(pair.second);
    if (i == j) continue;
    parent[i] = j;
    --groups;
  }
  return groups;
}

namespace {

template <class T>
void load_dense(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  if (auto rounded = rounded_file::open(path)) return load_rounded_file(made, asked, std::move(*rounded), "");
  const auto opened = std::make_shared<matrix_file>(path);
  const std::size_t all = made.keep_own_rows(opened->file);
  const matrix_file& from = *opened;
  const std::size_t n = from.n, m = from.file.row_count(), stride = packed_stride<T>(n);
  const std::size_t elements = require_addressable(path, n, dense_row_elements<T>(n, m));
  const bool is_streamed = stays_in_file(asked, std::uint64_t{elements} * sizeof(T), from.file,
                                         "tinyrank convert " + printable(path) + " C.npy");
  // Of rows that stay in the file one after the other is looked at.
  made.stored = aligned_buffer<T>(path, is_streamed ? stride : elements);
  read_matrices<T>(
      from, asked.note, [&](std::size_t i) { return made.stored.data() + (is_streamed ? 0 : i * stride); },
      [](std::size_t, const T*) {});
  // A pointer to a part of what it keeps.
  const std::shared_ptr<const npy_file> packed(opened, &opened->file);
  choose_rows(made, asked, dense_sensing<T>{n, m, made.stored.data()}, from.file, is_streamed,
              from.whole ? read_whole<T>(opened) : read_numbers<T>(packed), all);
}

/// Reads matrices and keeps them rounded: round(i, given, row, rounded) fills the row and the rounded matrix
/// that it stands for, both packed, and returns whether it could. Precision of the run or not, they are read
/// as doubles, so that they are rounded once.
template <class Element, class Round>
void load_rounded(const matrix_file& from, const std::string& name, aligned_buffer<Element>& rows,
                  const listener& note, Round round) {
  const std::string& path = from.file.path();
  const std::size_t n = from.n, m = from.file.row_count();
  rows = aligned_buffer<Element>(path, require_addressable(path, n, quantized_row_elements<Element>(n, m)));
  const aligned_buffer<double> packed(path, packed_stride<double>(n)), rounded(path, packed_count(n));
  double sums[] = {0, 0};
  double &changed = sums[0], &size = sums[1];
  read_matrices<double>(
      from, note, [&](std::size_t) { return packed.data(); },
      [&](std::size_t i, const double* given) {
        if (!round(i, given, rows.data() + i * quantized_stride<Element>(n), rounded.data())) {
          throw file_error(path, "matrix " + std::to_string(from.file.first_row() + i) +
                                     " has an entry that is too large for " + name);
        }
        for (std::size_t j = 0; j < n; ++j) {
          for (std::size_t k = 0; k <= j; ++k) {
            const double entry = given[packed_index(j, k)],
                         difference = rounded.data()[packed_index(j, k)] - entry;
            changed += (j == k ? 1 : 2) * difference * difference;
            size += (j == k ? 1 : 2) * entry * entry;
          }
        }
      });
  processes::add_up(sums);
  note(rounding_note(path, name, changed == 0 ? 0 : changed / size));
}

/// Rows that are rounded while they are read are not read again at every pass.
template <class Element>
void refuse_rounding_in_memory(const request& asked, const matrix_file& from, const std::string& name) {
  const std::string& path = asked.a.path;
  const std::size_t elements = quantized_row_elements<Element>(from.n, from.file.row_count());
  const std::uint64_t bytes = std::uint64_t{require_addressable(path, from.n, elements)} * sizeof(Element);
  if (!exceeds_memory(asked, bytes)) return;
  throw file_error(path, "takes " + format_bytes(static_cast<double>(bytes)) + " of memory in " + name +
                             "; tinyrank convert " + printable(path) + " A." + name +
                             " writes a file of them, which is read at every pass");
}

template <class T>
void load_bf16(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  if (auto rounded = rounded_file::open(path))
    return load_rounded_file(made, asked, std::move(*rounded), "bf16");
  matrix_file from(path);
  const std::size_t n = from.n, all = made.keep_own_rows(from.file);
  refuse_rounding_in_memory<std::uint16_t>(asked, from, "bf16");
  load_rounded(from, "bf16", made.bf16_rows, asked.note,
               [&](std::size_t, const double* given, std::uint16_t* row, double* rounded) {
                 const bool finite = pack_row_bf16(n, given, row);
                 unpack_row_bf16(n, row, rounded);
                 return finite;
               });
  made.choose_part(dense_bf16_sensing<T>{n, from.file.row_count(), made.bf16_rows.data()}, all, asked.title,
                   path);
}

template <class T>
void load_int8(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  if (auto rounded = rounded_file::open(path))
    return load_rounded_file(made, asked, std::move(*rounded), "int8");
  matrix_file from(path);
  const std::size_t n = from.n, all = made.keep_own_rows(from.file);
  refuse_rounding_in_memory<std::int8_t>(asked, from, "int8");
  made.scales.resize(from.file.row_count());
  load_rounded(from, "int8", made.int8_rows, asked.note,
               [&](std::size_t i, const double* given, std::int8_t* row, double* rounded) {
                 made.scales[i] = pack_row_int8(n, given, row);
                 unpack_row_int8(n, row, made.scales[i], rounded);
                 return std::isfinite(made.scales[i]);
               });
  made.choose_part(dense_int8_sensing<T>{n, from.file.row_count(), made.int8_rows.data(), made.scales.data()},
                   all, asked.title, path);
}

template <class T>
void load_gaussian(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  const std::string name = "--sensing " + a.text;
  const std::size_t n = a.n, stride = packed_stride<T>(n);
  if (!a.stored) {
    made.choose(gaussian_sensing<T>{n, a.measurement_count, a.seed, a.ensemble}, asked.title + ", not stored",
                name);
    return;
  }
  const measurement_part own = made.part_of(a.measurement_count, name);
  const std::size_t m = own.count;
  made.stored = aligned_buffer<T>(name, require_addressable(name, n, dense_row_elements<T>(n, m)));
  in_threads(asked.plan.threads, m, [&](std::size_t first, std::size_t last) {
    // The instruction set was found usable before, and the rows are there: nothing is left to refuse.
    (void)fill_gaussian_rows(n, own.first + first, last - first, a.seed, a.ensemble,
                             made.stored.data() + first * stride, asked.isa);
  });
  made.choose_part(dense_sensing<T>{n, m, made.stored.data()}, a.measurement_count, asked.title, name);
}

template <class T>
void load_vectors(problem<T>& made, const request& asked, rank_one_form form) {
  const std::string& path = asked.a.path;
  const auto opened = std::make_shared<npy_file>(path);
  npy_file& file = *opened;
  const std::size_t per_measurement = vector_count(form, 1);
  if (file.shape().size() != 2 || file.row_count() % per_measurement != 0) {
    throw file_error(path,
                     "shape " + file.shape_text() + " is not " +
                         (form == rank_one_form::plain ? "(m, n): one vector in each row"
                                                       : "(2m, n): the rows a, b of each pair in turn"));
  }
  const std::size_t all = made.keep_own_rows(file, per_measurement);
  const std::size_t n = file.row_size(), m = file.row_count() / per_measurement;
  const std::size_t elements = require_addressable(path, n, rank_one_vector_elements<T>(n, m, form));
  const bool is_streamed = stays_in_file(asked, std::uint64_t{elements} * sizeof(T), file);
  if (!is_streamed) made.stored = aligned_buffer<T>(path, elements);
  read_padded_rows(file, n, padded<T>(n), made.stored.data());
  const rank_one_sensing<T> stored{n, m, made.stored.data(), form};
  choose_rows(made, asked, stored, file, is_streamed, read_numbers<T>(opened), all);
}

template <class T, rank_one_form Form>
void load_rank_one(problem<T>& made, const request& asked) {
  const sensing_argument& a = asked.a;
  if (!a.path.empty()) {
    load_vectors(made, asked, Form);
    return;
  }
  made.choose(generated_rank_one_sensing<T>{a.n, a.measurement_count, a.seed, Form}, asked.title,
              "--sensing " + a.text);
}

template <class T>
void load_entries(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  sampled_entries<T> read = read_once(path, [&] { return read_sampled_entries<T>(path); });
  if (!read.note.empty()) asked.note(read.note);
  if (const std::size_t groups = count_groups(read.n, read.pairs); groups > 1) {
    asked.note(printable(path) + ": the rows fall into " + std::to_string(groups) +
               " groups that no given entry connects; the entries between groups are arbitrary");
  }
  made.pairs = std::move(read.pairs);
  made.y = std::move(read.values);
  made.weights = std::move(read.weights);
  made.labels = std::move(read.labels);
  made.measured_by = path;
  made.choose(entries_sensing<T>{read.n, made.pairs.size(), made.pairs.data()}, asked.title, path);
}

template <class T>
void load_sparse(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  sparse_matrices<T> read = read_once(path, [&] { return read_sparse_matrices<T>(path); });
  if (!read.note.empty()) asked.note(read.note);
  made.offsets = std::move(read.offsets);
  made.entries = std::move(read.entries);
  made.choose(sparse_sensing<T>{read.n, made.offsets.size() - 1, made.offsets.data(), made.entries.data()},
              asked.title, path);
}

template <class T>
void load_distances(problem<T>& made, const request& asked) {
  const std::string& path = asked.a.path;
  distance_table table = read_once(path, [&] { return read_distance_table(path); });
  if (!table.note.empty()) asked.note(table.note);
  std::vector<index_pair> pairs;
  std::vector<double> values;
  for (const auto& entry : table.entries) {
    pairs.push_back({entry.i, entry.j});
    values.push_back(entry.distance);
  }
  if (const std::size_t groups = count_groups(table.n, pairs); groups > 1) {
    asked.note(
        printable(path) + ": the points fall into " + std::to_string(groups) +
        " groups without a known distance between them; how the groups lie to each other is arbitrary");
  }
  made.labels = std::move(table.labels);
  set_distances(made, table.n, pairs, values, path, asked.a.squared);
}

/// How the kinds that read a file, or do more with their keys than drawing, come to their operator.
template <class T>
struct loader {
  std::string_view kind;
  void (*load)(problem<T>& made, const request& asked);
  bool may_stream = false;  ///< what is in its file
};

template <class T>
constexpr loader<T> loaders[] = {
    {"dense", load_dense<T>, true},
    {"bf16", load_bf16<T>, true},
    {"int8", load_int8<T>, true},
    {"gaussian", load_gaussian<T>},
    {"rank-one", load_rank_one<T, rank_one_form::plain>, true},
    {"rank-one-pairs", load_rank_one<T, rank_one_form::debiased>, true},
    {"entries", load_entries<T>},
    {"sparse", load_sparse<T>},
    {"distances", load_distances<T>},
    {"rectangular", load_rectangular<T>},
    {"rectangular-dense", load_rectangular_dense<T>, true},
    {"bilinear", load_bilinear<T>, true},
    {"complex-rank-one", load_complex_rank_one<T, rank_one_form::plain>, true},
    {"complex-rank-one-pairs", load_complex_rank_one<T, rank_one_form::debiased>, true},
    {"phase", load_phase<T>},
    {"pauli", load_pauli<T>},
    {"hermitian", load_hermitian<T>, true}};

constexpr bool every_file_has_a_loader() {
  bool all = true;
  catalogue::for_every_operator([&](auto row) {
    for (const catalogue::sensing_kind& kind : row.kinds) {
      bool found = *kind.file == '\0';
      for (const loader<float>& one : loaders<float>) found = found || one.kind == kind.name;
      all = all && found;
    }
  });
  return all;
}
static_assert(every_file_has_a_loader(), "a kind of the catalogue names a file that nothing here reads");

}  // namespace

void refuse_memory_limit(const sensing_argument& a) {
  std::string kinds;
  for (const loader<float>& one : loaders<float>) {
    if (!one.may_stream) continue;
    if (one.kind == a.what && !a.path.empty()) return;
    kinds += (kinds.empty() ? "" : ", ") + std::string(one.kind);
  }
  throw input_error("--memory: is for files of " + kinds);
}

template <class T>
void set_distances(problem<T>& made, std::size_t n, const std::vector<index_pair>& pairs,
                   const std::vector<double>& distances, const std::string& name, bool squared) {
  made.pairs = pairs;
  made.measured_by = name;
  made.y.clear();
  for (const double distance : distances) {
    made.y.push_back(static_cast<T>(squared ? distance : distance * distance));
    if (!std::isfinite(made.y.back())) {
      throw file_error(name, std::string(squared ? "the squared distance " : "the square of the distance ") +
                                 short_number(distance) + " overflows this precision");
    }
  }
  made.choose(distances_sensing<T>{n, made.pairs.size(), made.pairs.data()},
              catalogue::distances_row::kinds[0].title, name);
}

template <class T>
void load_operator(problem<T>& made, const sensing_argument& a, execution_plan plan, instruction_set isa,
                   const listener& note) {
  made.shards = plan.shards;
  catalogue::for_every_operator([&](auto row) {
    for (const catalogue::sensing_kind& kind : row.kinds) {
      if (a.what != kind.name) continue;
      const request asked{a, kind.title, plan, isa, note};
      for (const loader<T>& one : loaders<T>) {
        if (one.kind == a.what) return one.load(made, asked);
      }
      arena nothing;  // drawn from its keys again at every use
      made.choose(decltype(row)::template place<T>(a.n, a.measurement_count, a.seed, nothing), asked.title,
                  "--sensing " + a.text);
    }
  });
}

template void load_operator(problem<float>&, const sensing_argument&, execution_plan, instruction_set,
                            const listener&);
template void load_operator(problem<double>&, const sensing_argument&, execution_plan, instruction_set,
                            const listener&);
template void set_distances(problem<float>&, std::size_t, const std::vector<index_pair>&,
                            const std::vector<double>&, const std::string&, bool);
template void set_distances(problem<double>&, std::size_t, const std::vector<index_pair>&,
                            const std::vector<double>&, const std::string&, bool);

}  // namespace tinyrank::app
