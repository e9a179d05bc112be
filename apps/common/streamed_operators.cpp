// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "streamed_operators.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "catalogue/operators.hpp"
#include "error.hpp"
#include "memory.hpp"
#include "npz.hpp"
#include "piped_file.hpp"
#include "row_stream.hpp"

namespace tinyrank::app {
namespace {

template <class T, class Stored>
void choose_streamed(problem<T>& made, const request& asked, const Stored& stored, std::uint64_t bytes,
                     row_reader read, std::size_t all, const std::string& title) {
  const std::string& path = asked.a.path;
  made.rows = std::make_shared<row_stream>(std::move(read));
  made.choose_streamed(streamed_sensing<Stored>{stored, made.rows->source()}, all, title, path);
  asked.note(printable(path) + ": " + format_bytes(static_cast<double>(bytes)) +
             " of rows stay in the file, which every pass reads");
}

/// Which holds all rows in memory.
void refuse_pipe(const std::string& path) {
  if (!is_piped(file_of(path))) return;
  throw file_error(path,
                   "came through a pipe, so that its rows cannot stay in a file, as --memory or the memory "
                   "that is available asks for; give the file itself");
}

void refuse_other_orders(const npy_file& file, const std::string& way_out) {
  refuse_pipe(file.path());
  const std::string path = printable(file.path());
  if (file.input().is_in_memory()) {
    throw input_error(path +
                      ": is compressed in its archive, so that its rows cannot be read at every pass; "
                      "numpy.savez leaves it as it is");
  }
  if (!file.fortran_order() || file.shape().size() == 1) return;
  throw input_error(path + ": is in Fortran order, where no row is in one piece to be read at every pass; " +
                    way_out + " writes it in C order");
}

template <class T>
std::string title_of(rounded_type type) {
  return (type == rounded_type::bf16 ? catalogue::dense_bf16_row::kinds : catalogue::dense_int8_row::kinds)[0]
      .title;
}

}  // namespace

bool exceeds_memory(const request& asked, std::uint64_t bytes) {
  if (asked.a.memory != 0) return bytes > asked.a.memory;
  // As for require_memory.
  constexpr std::uint64_t always_granted = std::uint64_t{64} << 20U;
  return bytes > always_granted && bytes > available_memory();
}

template <class T>
void stream_matrices(problem<T>& made, const request& asked, std::shared_ptr<const matrix_file> from,
                     std::size_t all) {
  const std::string& path = asked.a.path;
  refuse_other_orders(from->file, "tinyrank convert " + printable(path) + " C.npy");
  const std::size_t n = from->n, m = from->file.row_count();
  {
    const aligned_buffer<T> row(path, packed_stride<T>(n));
    read_matrices<T>(
        *from, asked.note, [&](std::size_t) { return row.data(); }, [](std::size_t, const T*) {});
  }
  const std::uint64_t bytes = from->file.input().size() - from->file.data_offset();
  // A pointer to a part of what it keeps.
  const std::shared_ptr<const npy_file> packed(from, &from->file);
  choose_streamed(made, asked, dense_sensing<T>{n, m}, bytes,
                  from->whole ? read_whole<T>(from) : read_numbers<T>(packed), all, asked.title);
}

template <class T>
void stream_vectors(problem<T>& made, const request& asked, std::shared_ptr<const npy_file> file,
                    rank_one_form form, std::size_t all) {
  refuse_other_orders(*file, "numpy.ascontiguousarray");
  const std::size_t n = file->row_size(), vectors = file->row_count();
  {
    const std::size_t group = file->suggested_rows();
    std::vector<T> buffer(group * n);
    for (std::size_t first = 0; first < vectors; first += group) {
      const std::size_t count = std::min(group, vectors - first);
      file->copy_rows(first, count, std::span<T>(buffer.data(), count * n));
    }
  }
  const std::uint64_t bytes = file->input().size() - file->data_offset();
  choose_streamed(made, asked, rank_one_sensing<T>{n, vectors / vector_count(form, 1), nullptr, form}, bytes,
                  read_numbers<T>(file), all, asked.title);
}

template <class T>
void load_rounded_file(problem<T>& made, const request& asked, rounded_file opened,
                       const std::string& wanted) {
  const std::string& path = asked.a.path;
  const std::size_t all = opened.header().m;
  const measurement_part own = made.part_of(all, path);
  opened.keep_rows(own.first, own.count);
  const auto from = std::make_shared<const rounded_file>(std::move(opened));
  const rounded_header& header = from->header();
  const std::string type = name_of(header.type);
  if (!wanted.empty() && wanted != type)
    throw file_error(path,
                     "holds " + type + " rows; --sensing " + type + ":" + printable(path) + " reads them");
  const std::size_t n = header.n, m = header.m;
  const std::uint64_t bytes = std::uint64_t{m} * row_bytes(header);
  const bool is_streamed = exceeds_memory(asked, bytes);
  if (is_streamed) refuse_pipe(path);
  const std::string title = title_of<T>(header.type);
  const auto load = [&](auto& rows) {
    using element = std::remove_pointer_t<decltype(rows.data())>;
    if (!is_streamed) {
      const std::size_t elements = quantized_row_elements<element>(n, m);
      rows = aligned_buffer<element>(path, require_addressable(path, n, elements));
    }
    made.scales = from->read_all(reinterpret_cast<std::byte*>(rows.data()));
  };
  header.type == rounded_type::bf16 ? load(made.bf16_rows) : load(made.int8_rows);
  if (header.type == rounded_type::bf16) {
    const dense_bf16_sensing<T> stored{n, m, made.bf16_rows.data()};
    is_streamed ? choose_streamed(made, asked, stored, bytes, read_rounded(from), all, title)
                : made.choose_part(stored, all, title, path);
  } else {
    const dense_int8_sensing<T> stored{n, m, made.int8_rows.data(), made.scales.data()};
    is_streamed ? choose_streamed(made, asked, stored, bytes, read_rounded(from), all, title)
                : made.choose_part(stored, all, title, path);
  }
  asked.note(rounding_note(path, type, header.rounded * header.rounded));
}

#define TINYRANK_STREAMED(T)                                                                                \
  template void stream_matrices(problem<T>&, const request&, std::shared_ptr<const matrix_file>,            \
                                std::size_t);                                                               \
  template void stream_vectors(problem<T>&, const request&, std::shared_ptr<const npy_file>, rank_one_form, \
                               std::size_t);                                                                \
  template void load_rounded_file(problem<T>&, const request&, rounded_file, const std::string&);
TINYRANK_STREAMED(float)
TINYRANK_STREAMED(double)
#undef TINYRANK_STREAMED

}  // namespace tinyrank::app
