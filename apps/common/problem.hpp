// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "arguments.hpp"
#include "catalogue/parts.hpp"
#include "centering.hpp"
#include "error.hpp"
#include "memory.hpp"
#include "npy.hpp"
#include "processes.hpp"
#include "tinyrank/sensing.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::app {

class row_stream;

/// Throws input_error "WHAT: status text" unless ok.
void require_ok(const std::string& what, status value);

/// What a recovery works on: an operator with the storage behind it, the measurements, and what is known of
/// the truth. Not copied or moved, because the operator points into it.
template <class T>
struct problem {
  problem() = default;
  problem(const problem&) = delete;
  problem& operator=(const problem&) = delete;

  sensing_operator<T> sensing;
  std::vector<T> y;
  std::string measured_by = "measurements";  ///< the file or argument that y comes from, for messages
  std::vector<T> weights;                    ///< of the measurements, as their file gives them; may be empty
  std::vector<std::string> labels;           ///< names of the points, or of rows; may be empty
  std::vector<std::string> column_labels;    ///< of a rectangular matrix; may be empty
  std::vector<std::string> notes;            ///< what the user is told about the files

  aligned_buffer<T> planted_storage;
  factor_view<const T> planted;  ///< X, when data is not null
  std::vector<double> truth;     ///< the full matrix, when not empty; complex numbers as two
  bool has_unit_trace = false;   ///< errors are those of matrices scaled to a trace of 1

  std::string kind;           ///< of the operator, for the user: "sparse matrices"
  bool forms_matrix = false;  ///< of the operator, see staircase_options::probes
#define TINYRANK_ALTERNATIVE(row) , catalogue::row##_row::sensing<T>
  std::variant<std::monostate TINYRANK_CATALOGUE(TINYRANK_ALTERNATIVE)> chosen;  ///< what `sensing` refers to
#undef TINYRANK_ALTERNATIVE
  aligned_buffer<T> stored;        ///< matrices or vectors
  aligned_buffer<T> stored_right;  ///< the c_i of bilinear measurements
  aligned_buffer<std::uint16_t> bf16_rows;
  aligned_buffer<std::int8_t> int8_rows;
  std::vector<float> scales;      ///< of the int8 rows
  std::vector<index_pair> pairs;  ///< of all measurements, until keep_own_part
  std::vector<std::size_t> offsets;
  std::vector<sparse_entry<T>> entries;
  std::vector<pauli_string> strings;
  std::vector<std::shared_ptr<row_stream>> streams;  ///< of rows that stay in their file
  std::shared_ptr<const void> streamed;              ///< what `sensing` refers to then
  std::vector<std::size_t>
      order;  ///< measurement i of the operator is number order[i] of the user's; or none

  std::optional<centering> centre;   ///< what was taken off y, and is a part of the matrix
  std::optional<value_range> range;  ///< of the entries of the matrix, where it is written

  std::uint32_t shards = execution_plan{}.shards;  ///< which processes have runs of
  std::vector<std::size_t> own_offsets;            ///< of this process's sparse matrices
  bool has_own_part = false;                       ///< alone: see keep_own_part
  std::shared_ptr<void> shared;                    ///< with the other processes

  /// Makes `sensing` of an operator, or of this process's part of it. Errors: input_error "NAME: status
  /// text".
  template <class Operator>
  void choose(const Operator& a, const std::string& what, const std::string& name) {
    const std::size_t m = a.measurement_count;
    if constexpr (catalogue::has_parts(Operator())) {
      if (processes::count() > 1) {
        // A part would hide what is wrong with the whole.
        require_ok(name, make_operator(a, sensing));
        const measurement_part own = part_of(m, name, catalogue::measured_together(a));
        return choose_part(catalogue::part_of(a, own.first, own.count, own_offsets), m, what, name);
      }
      return choose_part(a, m, what, name);
    }
    kind = what;
    forms_matrix = tinyrank::forms_matrix(a);
    require_ok(name, make_operator(chosen.template emplace<Operator>(a), sensing));
  }

  /// The same of what this process has of m measurements.
  template <class Operator>
  void choose_part(const Operator& own, std::size_t m, const std::string& what, const std::string& name) {
    share_part(chosen.template emplace<Operator>(own), m, what, name);
  }

  /// The same of an operator whose rows stay in their file.
  template <class Operator>
  void choose_streamed(const Operator& own, std::size_t m, const std::string& what, const std::string& name) {
    const auto kept = std::make_shared<const Operator>(own);
    share_part(*kept, m, what, name);
    streamed = kept;
  }

  /// Of rows that stay in their file: what is computed after an error of reading is worth nothing. Errors:
  /// input_error, that one.
  void refuse_failure() const;

  /// What this process has of m measurements. Errors: input_error where some would have none.
  [[nodiscard]] measurement_part part_of(std::size_t m, const std::string& name,
                                         std::size_t together = 1) const {
    const measurement_part own = processes::part_of(shards, m, together);
    if (own.count == 0 && m != 0) {
      throw input_error(name + ": " + std::to_string(processes::count()) +
                        " processes, of which some would have no measurement: there are " +
                        std::to_string(m / together) + (together == 1 ? "" : " masks") + ", and --shards " +
                        std::to_string(shards));
    }
    return own;
  }

  /// Keeps this process's rows of a file, `each` of them for a measurement; returns the measurements of all.
  std::size_t keep_own_rows(npy_file& file, std::size_t each = 1) const {
    const std::size_t m = file.row_count() / each;
    const measurement_part own = part_of(m, file.path());
    file.keep_rows(each * own.first, each * own.count);
    return m;
  }

  /// Of what a list says of the sensing matrices: where several processes share them, each keeps what it
  /// works with. Those who ask for all pairs come before.
  void keep_own_part();
  /// Collective: the pairs of all measurements; room: for them, where they are not here.
  [[nodiscard]] const std::vector<index_pair>& all_pairs(std::vector<index_pair>& room) const;

  /// Of the user's numbers, one for each measurement, those of the operator.
  void put_in_order(std::vector<T>& values) const {
    if (order.empty()) return;
    const std::vector<T> given = values;
    for (std::size_t i = 0; i < order.size(); ++i) values[i] = given[order[i]];
  }

  /// What an entry of the matrix has beside the factor's.
  [[nodiscard]] double offset_at(std::size_t j, std::size_t k) const {
    return centre ? centre->at(j, k) : 0;
  }
  [[nodiscard]] double clipped(double value) const {
    return range ? std::clamp(value, range->low, range->high) : value;
  }

  [[nodiscard]] bool has_truth() const noexcept {
    return planted.data != nullptr || !truth.empty();
  }
  [[nodiscard]] double test_error(factor_view<const T> factor) const;
  /// Of a complex matrix, see estimate.hpp; none without a truth, or of U = 0.
  [[nodiscard]] std::optional<double> fidelity_of(factor_view<const T> factor) const;

 private:
  template <class Operator>
  void share_part(const Operator& own, std::size_t m, const std::string& what, const std::string& name) {
    kind = what;
    forms_matrix = tinyrank::forms_matrix(own);
    sensing_operator<T> made;
    require_ok(name, make_operator(own, made));
    status found = status::ok;
    shared = processes::share(made, shards, m, catalogue::measured_together(own), sensing, found);
    require_ok(name, found);
  }
};

struct problem_sources {
  sensing_argument sensing;
  std::string measurements;  ///< path, or empty
  std::optional<planted_argument> planted;
  std::string truth;  ///< path, or empty
};

/// Reads or draws everything. `note` gets lines that the user should see (a matrix was symmetrised, ...).
/// Errors: input_error, naming the file or argument.
template <class T>
void load_problem(problem<T>& made, const problem_sources& sources, execution_plan plan, instruction_set isa,
                  const std::function<void(const std::string&)>& note);

/// --memory for what has no file of rows. Errors: input_error.
void refuse_memory_limit(const sensing_argument& a);

/// The operator alone, and y where it is in the same file. Errors: input_error.
template <class T>
void load_operator(problem<T>& made, const sensing_argument& a, execution_plan plan, instruction_set isa,
                   const std::function<void(const std::string&)>& note);

/// One number for each measurement, of shape (m,), (m, 1), (1, m), ... Errors: input_error.
template <class T>
std::vector<T> read_per_measurement(const std::string& path, std::size_t measurement_count);

/// Squared distances between n points as a problem; squared: they are squares already. Errors: input_error.
template <class T>
void set_distances(problem<T>& made, std::size_t n, const std::vector<index_pair>& pairs,
                   const std::vector<double>& distances, const std::string& name, bool squared = false);

}  // namespace tinyrank::app
