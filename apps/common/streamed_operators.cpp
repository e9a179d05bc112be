// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "streamed_operators.hpp"

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

/// Which holds all rows in memory.
void refuse_pipe(const std::string& path) {
  if (!is_piped(file_of(path))) return;
  throw file_error(path,
                   "came through a pipe, so that its rows cannot stay in a file, as --memory or the memory "
                   "that is available asks for; give the file itself");
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

bool stays_in_file(const request& asked, std::uint64_t bytes, const npy_file& file,
                   const std::string& way_out) {
  if (!exceeds_memory(asked, bytes)) return false;
  refuse_pipe(file.path());
  const std::string path = printable(file.path());
  if (file.input().is_in_memory()) {
    throw input_error(path +
                      ": is compressed in its archive, so that its rows cannot be read at every pass; "
                      "numpy.savez leaves it as it is");
  }
  if (!file.fortran_order() || file.shape().size() == 1) return true;
  throw input_error(path + ": is in Fortran order, where no row is in one piece to be read at every pass; " +
                    way_out + " writes it in C order");
}

row_source keep_in_file(std::vector<std::shared_ptr<row_stream>>& streams, const listener& note,
                        const std::string& path, std::uint64_t bytes, row_reader read) {
  streams.push_back(std::make_shared<row_stream>(std::move(read)));
  note(printable(path) + ": " + format_bytes(static_cast<double>(bytes)) +
       " of rows stay in the file, which every pass reads");
  return streams.back()->source();
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
  const auto choose = [&]<class Stored>(const Stored& stored) {
    if (!is_streamed) return made.choose_part(stored, all, title, path);
    const row_source source = keep_in_file(made.streams, asked.note, path, bytes, read_rounded(from));
    made.choose_streamed(streamed_sensing<Stored>{stored, source}, all, title, path);
  };
  header.type == rounded_type::bf16
      ? choose(dense_bf16_sensing<T>{n, m, made.bf16_rows.data()})
      : choose(dense_int8_sensing<T>{n, m, made.int8_rows.data(), made.scales.data()});
  asked.note(rounding_note(path, type, header.rounded * header.rounded));
}

template void load_rounded_file(problem<float>&, const request&, rounded_file, const std::string&);
template void load_rounded_file(problem<double>&, const request&, rounded_file, const std::string&);

}  // namespace tinyrank::app
