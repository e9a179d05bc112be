// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operators.hpp"

#include <bit>
#include <complex>
#include <cstring>
#include <type_traits>

#include "catalogue/operators.hpp"
#include "refusal.hpp"
#include "row_stream.hpp"

namespace tinyrank::python {
namespace {

template <class E>
constexpr element element_of() {
  if constexpr (std::is_same_v<E, float>) return element::f32;
  if constexpr (std::is_same_v<E, double>) return element::f64;
  if constexpr (std::is_same_v<E, std::complex<float>>) return element::c64;
  if constexpr (std::is_same_v<E, std::complex<double>>) return element::c128;
  if constexpr (std::is_same_v<E, std::uint32_t>) return element::u32;
  if constexpr (std::is_same_v<E, std::uint64_t>) return element::u64;
}

template <class T>
bool all_finite(const T* values, std::size_t count) {
  using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr word exponent = sizeof(T) == 4 ? word(0x7f800000u) : word(0x7ff0000000000000u);
  bool finite = true;
  for (std::size_t i = 0; i < count; ++i) finite &= (std::bit_cast<word>(values[i]) & exponent) != exponent;
  return finite;
}

/// The items of an array's first axis, each with its elements one after another.
template <class E>
class items {
 public:
  items(const ingredients& from, std::size_t which, std::size_t count, std::size_t per_item)
      : argument_(from.argument) {
    if (which >= from.arrays.size()) throw refusal(argument_ + ": is missing");
    array_ = &from.arrays[which];
    std::size_t elements = 1;
    for (std::size_t axis = 1; axis < array_->shape.size(); ++axis) elements *= array_->shape[axis];
    if (array_->of != element_of<E>() || array_->shape.empty() || elements != per_item ||
        (count != any_number && this->count() != count))
      throw refusal(argument_ + ": has another shape or type of element than the operator takes");
    auto apart = static_cast<std::ptrdiff_t>(sizeof(E));
    for (std::size_t axis = array_->shape.size(); axis-- > 1;) {
      if (array_->shape[axis] != 1 && array_->strides[axis] != apart) in_place_ = false;
      apart *= static_cast<std::ptrdiff_t>(array_->shape[axis]);
    }
    is_dense_ = in_place_ && (this->count() < 2 || array_->strides[0] == apart);
    if (!in_place_) gathered_.resize(per_item);
  }

  static constexpr std::size_t any_number = SIZE_MAX;
  [[nodiscard]] std::size_t count() const { return array_->shape[0]; }

  /// All of them, one after another at a multiple of `alignment`, or null.
  [[nodiscard]] const E* where_they_are(std::size_t alignment) const {
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(array_->data) % alignment == 0;
    return is_dense_ && is_aligned ? reinterpret_cast<const E*>(array_->data) : nullptr;
  }

  /// Good until the next call.
  const E* at(std::size_t i) {
    const std::byte* first = array_->data + static_cast<std::ptrdiff_t>(i) * array_->strides[0];
    if (in_place_ && reinterpret_cast<std::uintptr_t>(first) % alignof(E) == 0)
      return reinterpret_cast<const E*>(first);
    gathered_.resize(elements());
    gather(first, 1, 0);
    return gathered_.data();
  }

 private:
  [[nodiscard]] std::size_t elements() const {
    std::size_t all = 1;
    for (std::size_t axis = 1; axis < array_->shape.size(); ++axis) all *= array_->shape[axis];
    return all;
  }
  std::size_t gather(const std::byte* from, std::size_t axis, std::size_t filled) {
    if (axis == array_->shape.size()) {
      std::memcpy(gathered_.data() + filled, from, sizeof(E));
      return filled + 1;
    }
    for (std::size_t k = 0; k < array_->shape[axis]; ++k) {
      filled = gather(from, axis + 1, filled);
      from += array_->strides[axis];
    }
    return filled;
  }

  const std::string& argument_;
  const array_view* array_ = nullptr;
  bool in_place_ = true, is_dense_ = true;
  std::vector<E> gathered_;
};

void require_elements(std::size_t count, const std::string& argument) {
  if (count == SIZE_MAX) throw refusal(explain(status::size_overflow, argument));
}

template <class T>
const T* finite_or_refuse(const T* values, std::size_t count, ingredients& of, std::size_t i) {
  if (!all_finite(values, count))
    throw refusal(of.argument + ": not finite, at index " + std::to_string(i) + " of its first axis");
  return values;
}

/// Calls use(i, its packed lower triangle) for matrices of shape (m, n, n) or (m, n(n+1)/2).
template <class T, class Use>
void for_packed(ingredients& of, Use use) {
  const bool is_packed = !of.arrays.empty() && of.arrays[0].shape.size() == 2;
  const std::size_t count = is_packed ? packed_count(of.n) : of.n * of.n;
  items<T> matrices(of, 0, of.m, count);
  std::vector<T> packed(packed_stride<T>(of.n));
  for (std::size_t i = 0; i < of.m; ++i) {
    const T* matrix = finite_or_refuse(matrices.at(i), count, of, i);
    if (!is_packed) pack_row_from_full(of.n, matrix, packed.data());
    use(i, is_packed ? matrix : packed.data());
  }
}

/// The array stays where it is, in a mapped file, say, and is packed again at every pass; the first is here,
/// for what is not finite.
template <class T>
streamed_sensing<dense_sensing<T>> assemble(catalogue::streamed_row, problem<T>& made, ingredients& of) {
  for_packed<T>(of, [](std::size_t, const T*) {});
  of.is_borrowed = true;
  const bool is_packed = of.arrays[0].shape.size() == 2;
  made.streams.push_back(std::make_shared<app::row_stream>(
      [kept = of, is_packed](std::size_t first, std::size_t count, std::size_t row_bytes, std::byte* rows) {
        items<T> matrices(kept, 0, kept.m, is_packed ? packed_count(kept.n) : kept.n * kept.n);
        for (std::size_t i = 0; i < count; ++i) {
          T* row = reinterpret_cast<T*>(rows + i * row_bytes);
          if (is_packed) {
            pack_row_from_packed(kept.n, matrices.at(first + i), row);
          } else {
            pack_row_from_full(kept.n, matrices.at(first + i), row);
          }
        }
      }));
  return {{of.n, of.m, nullptr}, made.streams.back()->source()};
}

template <class T>
dense_sensing<T> assemble(catalogue::dense_row, problem<T>& made, ingredients& of) {
  const std::size_t stride = packed_stride<T>(of.n), elements = dense_row_elements<T>(of.n, of.m);
  require_elements(elements, of.argument);
  made.stored = app::aligned_buffer<T>(of.argument, elements);
  const bool is_packed = !of.arrays.empty() && of.arrays[0].shape.size() == 2;
  const std::size_t count = is_packed ? packed_count(of.n) : of.n * of.n;
  items<T> matrices(of, 0, of.m, count);
  for (std::size_t i = 0; i < of.m; ++i) {
    const T* matrix = finite_or_refuse(matrices.at(i), count, of, i);
    T* row = made.stored.data() + i * stride;
    if (is_packed) {
      pack_row_from_packed(of.n, matrix, row);
    } else {
      pack_row_from_full(of.n, matrix, row);
    }
  }
  return {of.n, of.m, made.stored.data()};
}

template <class T>
dense_bf16_sensing<T> assemble(catalogue::dense_bf16_row, problem<T>& made, ingredients& of) {
  const std::size_t elements = quantized_row_elements<std::uint16_t>(of.n, of.m);
  require_elements(elements, of.argument);
  made.bf16_rows = app::aligned_buffer<std::uint16_t>(of.argument, elements);
  for_packed<T>(of, [&](std::size_t i, const T* packed) {
    std::uint16_t* row = made.bf16_rows.data() + i * quantized_stride<std::uint16_t>(of.n);
    if (!pack_row_bf16(of.n, packed, row))
      throw refusal(of.argument + ": beyond the largest number of 16 bits, at index " + std::to_string(i) +
                    " of its first axis");
  });
  return {of.n, of.m, made.bf16_rows.data()};
}

template <class T>
dense_int8_sensing<T> assemble(catalogue::dense_int8_row, problem<T>& made, ingredients& of) {
  const std::size_t elements = quantized_row_elements<std::int8_t>(of.n, of.m);
  require_elements(elements, of.argument);
  made.int8_rows = app::aligned_buffer<std::int8_t>(of.argument, elements);
  for_packed<T>(of, [&](std::size_t i, const T* packed) {
    const float scale =
        pack_row_int8(of.n, packed, made.int8_rows.data() + i * quantized_stride<std::int8_t>(of.n));
    // Not a number where it is beyond the floats.
    if (!all_finite(&scale, 1))
      throw refusal(of.argument + ": beyond the largest float, at index " + std::to_string(i) +
                    " of its first axis");
    made.scales.push_back(scale);
  });
  return {of.n, of.m, made.int8_rows.data(), made.scales.data()};
}

template <class T>
gaussian_sensing<T> assemble(catalogue::gaussian_row, problem<T>&, ingredients& of) {
  return {of.n, of.m, of.seed, static_cast<gaussian_ensemble>(of.form)};
}

template <class T>
rademacher_sensing<T> assemble(catalogue::rademacher_row, problem<T>&, ingredients& of) {
  return {of.n, of.m, of.seed};
}

/// The pairs (m, 2) of an array of indices, in memory that its owner does not change.
template <class Pair>
std::vector<Pair> pairs_of(ingredients& of, std::size_t which = 0) {
  items<std::uint32_t> given(of, which, of.m, 2);
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < of.m; ++i) {
    const std::uint32_t* pair = given.at(i);
    pairs.push_back({pair[0], pair[1]});
  }
  return pairs;
}

template <class T>
hadamard_sensing<T> assemble(catalogue::hadamard_row, problem<T>& made, ingredients& of) {
  if (of.arrays.empty()) return {of.n, of.m, of.seed, nullptr};
  items<std::uint32_t> rows(of, 0, of.m, 1);
  // Pairs are room for numbers of 32 bits, two at a time.
  made.pairs.resize(of.m / 2 + 1);
  auto* stored = reinterpret_cast<std::uint32_t*>(made.pairs.data());
  for (std::size_t i = 0; i < of.m; ++i) stored[i] = *rows.at(i);
  return {of.n, of.m, of.seed, stored};
}

/// Vectors of `length` numbers, each zero-padded: where they are, when they lie so, else in `stored`.
template <class T>
const T* padded_vectors(ingredients& of, std::size_t which, std::size_t count, std::size_t length,
                        app::aligned_buffer<T>& stored) {
  items<T> vectors(of, which, count, length);
  const std::size_t stride = padded<T>(length);
  if (const T* there = vectors.where_they_are(arena_alignment); there != nullptr && stride == length) {
    of.is_borrowed = true;
    for (std::size_t i = 0; i < count; ++i) finite_or_refuse(there + i * length, length, of, i);
    return there;
  }
  stored = app::aligned_buffer<T>(of.argument, count * stride);
  for (std::size_t i = 0; i < count; ++i) {
    T* row = stored.data() + i * stride;
    std::memcpy(row, finite_or_refuse(vectors.at(i), length, of, i), length * sizeof(T));
    std::memset(row + length, 0, (stride - length) * sizeof(T));
  }
  return stored.data();
}

template <class T>
rank_one_sensing<T> assemble(catalogue::rank_one_row, problem<T>& made, ingredients& of) {
  const auto form = static_cast<rank_one_form>(of.form);
  require_elements(rank_one_vector_elements<T>(of.n, of.m, form), of.argument);
  return {of.n, of.m, padded_vectors<T>(of, 0, vector_count(form, of.m), of.n, made.stored), form};
}

template <class T>
generated_rank_one_sensing<T> assemble(catalogue::generated_rank_one_row, problem<T>&, ingredients& of) {
  return {of.n, of.m, of.seed, static_cast<rank_one_form>(of.form)};
}

template <class T>
entries_sensing<T> assemble(catalogue::entries_row, problem<T>& made, ingredients& of) {
  made.pairs = pairs_of<index_pair>(of);
  return {of.n, of.m, made.pairs.data()};
}

template <class T>
sparse_sensing<T> assemble(catalogue::sparse_row, problem<T>& made, ingredients& of) {
  // Offsets (m + 1), places (entries, 2), values (entries).
  items<std::uint64_t> offsets(of, 0, of.m + 1, 1);
  items<std::uint32_t> places(of, 1, items<std::uint32_t>::any_number, 2);
  items<T> values(of, 2, places.count(), 1);
  for (std::size_t i = 0; i <= of.m; ++i) made.offsets.push_back(static_cast<std::size_t>(*offsets.at(i)));
  if (made.offsets.back() > values.count()) throw refusal(explain(status::entry_offsets, of.argument));
  for (std::size_t k = 0; k < values.count(); ++k) {
    const std::uint32_t* place = places.at(k);
    made.entries.push_back({place[0], place[1], *values.at(k)});
  }
  // Its data may be of no entry at all, but not null.
  if (made.entries.empty()) made.entries.reserve(1);
  return {of.n, of.m, made.offsets.data(), made.entries.data()};
}

template <class T>
distances_sensing<T> assemble(catalogue::distances_row, problem<T>& made, ingredients& of) {
  made.pairs = pairs_of<index_pair>(of);
  return {of.n, of.m, made.pairs.data()};
}

template <class T>
rectangular_entries_sensing<T> assemble(catalogue::rectangular_entries_row, problem<T>& made,
                                        ingredients& of) {
  made.pairs = pairs_of<index_pair>(of);
  return {.rows = of.n, .columns = of.columns, .measurement_count = of.m, .pairs = made.pairs.data()};
}

template <class T>
rectangular_dense_sensing<T> assemble(catalogue::rectangular_dense_row, problem<T>& made, ingredients& of) {
  const std::size_t elements = rectangular_dense_elements<T>(of.n, of.columns, of.m);
  require_elements(elements, of.argument);
  items<T> matrices(of, 0, of.m, of.n * of.columns);
  made.stored = app::aligned_buffer<T>(of.argument, elements);
  for (std::size_t i = 0; i < of.m; ++i) {
    const T* matrix = finite_or_refuse(matrices.at(i), of.n * of.columns, of, i);
    require(pack_rectangular_row(of.n, of.columns, matrix,
                                 made.stored.data() + i * rectangular_stride<T>(of.n, of.columns)),
            of.argument);
  }
  return {.rows = of.n, .columns = of.columns, .measurement_count = of.m, .matrices = made.stored.data()};
}

template <class T>
bilinear_sensing<T> assemble(catalogue::bilinear_row, problem<T>& made, ingredients& of) {
  require_elements(bilinear_vector_elements<T>(of.n, of.m), of.argument);
  require_elements(bilinear_vector_elements<T>(of.columns, of.m), of.argument);
  const T* left = padded_vectors<T>(of, 0, of.m, of.n, made.stored);
  const T* right = padded_vectors<T>(of, 1, of.m, of.columns, made.stored_right);
  return {.rows = of.n, .columns = of.columns, .measurement_count = of.m, .left = left, .right = right};
}

template <class T>
generated_bilinear_sensing<T> assemble(catalogue::generated_bilinear_row, problem<T>&, ingredients& of) {
  return {.rows = of.n, .columns = of.columns, .measurement_count = of.m, .seed = of.seed};
}

template <class T>
complex_rank_one_sensing<T> assemble(catalogue::complex_rank_one_row, problem<T>& made, ingredients& of) {
  const auto form = static_cast<rank_one_form>(of.form);
  const std::size_t count = vector_count(form, of.m), stride = padded<T>(2 * of.n);
  const std::size_t elements =
      of.n > largest_dimension / 2 ? SIZE_MAX : rank_one_vector_elements<T>(2 * of.n, of.m, form);
  require_elements(elements, of.argument);
  items<std::complex<T>> vectors(of, 0, count, of.n);
  made.stored = app::aligned_buffer<T>(of.argument, elements);
  std::memset(made.stored.data(), 0, elements * sizeof(T));
  for (std::size_t i = 0; i < count; ++i) {
    const std::complex<T>* vector = vectors.at(i);
    T* row = made.stored.data() + i * stride;
    for (std::size_t j = 0; j < of.n; ++j) {
      row[j] = vector[j].real();
      row[of.n + j] = vector[j].imag();
    }
    finite_or_refuse(row, 2 * of.n, of, i);
  }
  return {.dimension = of.n, .measurement_count = of.m, .vectors = made.stored.data(), .form = form};
}

template <class T>
generated_complex_rank_one_sensing<T> assemble(catalogue::generated_complex_rank_one_row, problem<T>&,
                                               ingredients& of) {
  return {.dimension = of.n,
          .measurement_count = of.m,
          .seed = of.seed,
          .form = static_cast<rank_one_form>(of.form)};
}

template <class T>
coded_diffraction_sensing<T> assemble(catalogue::coded_diffraction_row, problem<T>&, ingredients& of) {
  return {.dimension = of.n,
          .measurement_count = of.m,
          .seed = of.seed,
          .transform = static_cast<diffraction_transform>(of.form)};
}

template <class T>
pauli_sensing<T> assemble(catalogue::pauli_row, problem<T>& made, ingredients& of) {
  made.strings = pairs_of<pauli_string>(of);
  return {.qubits = of.n, .measurement_count = of.m, .strings = made.strings.data()};
}

template <class T>
hermitian_dense_sensing<T> assemble(catalogue::hermitian_dense_row, problem<T>& made, ingredients& of) {
  const std::size_t elements = hermitian_row_elements<T>(of.n, of.m);
  require_elements(elements, of.argument);
  items<std::complex<T>> matrices(of, 0, of.m, of.n * of.n);
  made.stored = app::aligned_buffer<T>(of.argument, elements);
  for (std::size_t i = 0; i < of.m; ++i) {
    const T* matrix = reinterpret_cast<const T*>(matrices.at(i));
    pack_row_from_hermitian(of.n, finite_or_refuse(matrix, 2 * of.n * of.n, of, i),
                            made.stored.data() + i * hermitian_stride<T>(of.n));
  }
  return {.dimension = of.n, .measurement_count = of.m, .rows = made.stored.data()};
}

/// What its status says of the arrays carries their name.
std::string argument_of(status value, ingredients& of) {
  switch (value) {
    case status::operator_data:
    case status::pair_index:
    case status::entry_index:
    case status::entry_offsets:
      return of.argument;
    default:
      return "";
  }
}

}  // namespace

template <class T>
void build(problem<T>& made, const std::string& name, ingredients& of) {
  bool is_known = false;
  catalogue::for_every_operator([&](auto row) {
    using row_type = decltype(row);
    if (name != row_type::name) return;
    is_known = true;
    // Sizes that the operator would refuse are refused before anything is packed.
    if (of.n == 0 || of.n > largest_dimension) throw refusal(explain(status::dimension));
    if (of.m == 0) throw refusal(explain(status::measurement_count));
    const auto descriptor = assemble(row, made, of);
    made.kind = name;
    made.forms_matrix = forms_matrix(descriptor);
    using descriptor_type = std::remove_const_t<decltype(descriptor)>;
    const status value =
        make_operator(made.chosen.template emplace<descriptor_type>(descriptor), made.sensing);
    require(value, argument_of(value, of));
  });
  if (!is_known) throw refusal("name: no operator of the catalogue");
}

template void build(problem<float>&, const std::string&, ingredients&);
template void build(problem<double>&, const std::string&, ingredients&);

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  catalogue::for_every_operator([&](auto row) { names.emplace_back(decltype(row)::name); });
  return names;
}

}  // namespace tinyrank::python
