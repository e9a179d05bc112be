// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "row_stream.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace tinyrank::app {
namespace {

/// What a thread decodes from.
template <class T>
std::span<T> staging(std::size_t count) {
  static thread_local std::vector<T> memory;
  if (memory.size() < count) memory.resize(count);
  return {memory.data(), count};
}

/// After these rows, which are one behind the other, those behind them are next.
void expect_next(const npy_file& file, std::size_t first, std::size_t count) {
  const std::uint64_t row_bytes = (file.input().size() - file.data_offset()) / file.shape()[0];
  file.input().read_ahead(file.data_offset() + (file.first_row() + first + count) * row_bytes,
                          count * row_bytes);
}

}  // namespace

void row_stream::refuse_failure() const {
  if (failed_) std::rethrow_exception(error_);
}

const void* row_stream::read(void* context, std::size_t first, std::size_t count, std::size_t row_bytes,
                             void* rows) {
  auto& self = *static_cast<row_stream*>(context);
  if (self.failed_) return nullptr;
  try {
    self.read_(first, count, row_bytes, static_cast<std::byte*>(rows));
    return rows;
  } catch (...) {
    const std::scoped_lock lock(self.mutex_);
    if (!self.failed_) self.error_ = std::current_exception();
    self.failed_ = true;
    return nullptr;
  }
}

template <class T>
row_reader read_numbers(std::shared_ptr<const npy_file> file) {
  return
      [file = std::move(file)](std::size_t first, std::size_t count, std::size_t row_bytes, std::byte* rows) {
        const std::size_t size = file->row_size(), bytes = size * sizeof(T);
        if (file->is_stored_as<T>()) {
          const std::uint64_t offset = file->data_offset() + std::uint64_t{file->first_row() + first} * bytes;
          file->input().read_rows(offset, {count, bytes, row_bytes}, rows);
        } else {
          const std::span<T> numbers = staging<T>(count * size);
          file->copy_rows(first, count, numbers);
          for (std::size_t i = 0; i < count; ++i)
            std::memcpy(rows + i * row_bytes, numbers.data() + i * size, bytes);
        }
        for (std::size_t i = 0; i < count; ++i)
          std::memset(rows + i * row_bytes + bytes, 0, row_bytes - bytes);
        expect_next(*file, first, count);
        file->input().refuse_change();
      };
}

template <class T>
row_reader read_whole(std::shared_ptr<const matrix_file> from) {
  return
      [from = std::move(from)](std::size_t first, std::size_t count, std::size_t row_bytes, std::byte* rows) {
        const std::size_t size = from->file.row_size();
        for (std::size_t i = 0; i < count; ++i) {
          const std::span<T> matrix = staging<T>(size);
          from->file.copy_rows(first + i, 1, matrix);
          pack_row_from_full(from->n, matrix.data(), reinterpret_cast<T*>(rows + i * row_bytes));
        }
        expect_next(from->file, first, count);
        from->file.input().refuse_change();
      };
}

template <class T>
row_reader read_complex(std::shared_ptr<const npy_file> file, void (*arrange)(std::size_t, const T*, T*)) {
  return [file = std::move(file), arrange](std::size_t first, std::size_t count, std::size_t row_bytes,
                                           std::byte* rows) {
    const std::size_t size = 2 * file->row_size();
    const std::span<T> numbers = staging<T>(count * size);
    file->copy_complex_rows(first, count, numbers);
    for (std::size_t i = 0; i < count; ++i)
      arrange(file->shape()[1], numbers.data() + i * size, reinterpret_cast<T*>(rows + i * row_bytes));
    expect_next(*file, first, count);
    file->input().refuse_change();
  };
}

row_reader read_rounded(std::shared_ptr<const rounded_file> from) {
  return [from = std::move(from)](std::size_t first, std::size_t count, std::size_t, std::byte* rows) {
    from->read_rows(first, count, rows);
  };
}

template row_reader read_numbers<float>(std::shared_ptr<const npy_file>);
template row_reader read_numbers<double>(std::shared_ptr<const npy_file>);
template row_reader read_complex(std::shared_ptr<const npy_file>,
                                 void (*)(std::size_t, const float*, float*));
template row_reader read_complex(std::shared_ptr<const npy_file>,
                                 void (*)(std::size_t, const double*, double*));
template row_reader read_whole<float>(std::shared_ptr<const matrix_file>);
template row_reader read_whole<double>(std::shared_ptr<const matrix_file>);

}  // namespace tinyrank::app
