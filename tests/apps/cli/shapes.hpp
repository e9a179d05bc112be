// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Matrices that are rectangular or complex, and what is measured of them, by plain sums.

#include <complex>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "samples.hpp"

namespace tinyrank::test {

using complex = std::complex<double>;

/// What numpy.save writes of complex numbers.
inline std::string complex_npy(const std::string& shape, const std::vector<complex>& values,
                               bool fortran = false) {
  std::string data(values.size() * sizeof(complex), '\0');
  std::memcpy(data.data(), values.data(), data.size());
  return npy_text(std::string("{'descr': '<c16', 'fortran_order': ") + (fortran ? "True" : "False") +
                      ", 'shape': " + shape + ", }",
                  data);
}

/// L R^T of rank 2, 4 x 6, and what operators measure of it, by plain sums.
struct rectangular_sample {
  static constexpr std::size_t rows = 4, columns = 6, m = 60;
  std::vector<double> truth;

  rectangular_sample() {
    fractions random(21);
    std::vector<double> left(2 * rows), right(2 * columns);
    for (double& value : left) value = random.next(16);
    for (double& value : right) value = random.next(16);
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k)
        truth.push_back(left[2 * j] * right[2 * k] + left[2 * j + 1] * right[2 * k + 1]);
    }
  }
  [[nodiscard]] static std::string row(std::size_t j) { return std::string("person ") + char('A' + j); }
  [[nodiscard]] static std::string column(std::size_t k) { return std::string("film ") + char('s' + k); }
  [[nodiscard]] static bool is_known(std::size_t j, std::size_t k) { return (3 * j + k) % 7 != 2; }

  [[nodiscard]] std::string number(std::size_t j, std::size_t k) const {
    return nlohmann::json(truth[j * columns + k]).dump();
  }
  /// rows row,column,value by name
  [[nodiscard]] std::string list() const {
    std::string text = "who,what,how much\n";
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k) {
        if (is_known(j, k)) text += row(j) + "," + column(k) + "," + number(j, k) + "\n";
      }
    }
    return text;
  }
  /// by index, from `base` on
  [[nodiscard]] std::string indices(std::size_t base) const {
    std::string text;
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k) {
        if (is_known(j, k))
          text += std::to_string(j + base) + "," + std::to_string(k + base) + "," + number(j, k) + "\n";
      }
    }
    return text;
  }
  [[nodiscard]] std::string table() const {
    std::string text;
    for (std::size_t k = 0; k < columns; ++k) text += "," + column(k);
    for (std::size_t j = 0; j < rows; ++j) {
      text += "\n" + row(j);
      for (std::size_t k = 0; k < columns; ++k) text += "," + (is_known(j, k) ? number(j, k) : std::string());
    }
    return text + "\n";
  }
  [[nodiscard]] std::string array() const {
    std::vector<double> values = truth;
    for (std::size_t j = 0; j < rows; ++j) {
      for (std::size_t k = 0; k < columns; ++k) {
        if (!is_known(j, k)) values[j * columns + k] = std::numeric_limits<double>::quiet_NaN();
      }
    }
    return npy({rows, columns}, values);
  }
};

/// W W^H of rank 2 and side 4, and Hermitian matrices.
struct complex_sample {
  static constexpr std::size_t n = 4, m = 60;
  std::vector<complex> truth = std::vector<complex>(n * n);
  std::vector<complex> matrices = std::vector<complex>(m * n * n);
  std::vector<complex> vectors = std::vector<complex>(2 * m * n);

  complex_sample() {
    fractions random(22);
    const auto next = [&] {
      const double real = random.next(16);
      return complex(real, random.next(16));
    };
    std::vector<complex> w(2 * n);
    for (complex& value : w) value = next();
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k)
        truth[j * n + k] = w[2 * j] * std::conj(w[2 * k]) + w[2 * j + 1] * std::conj(w[2 * k + 1]);
    }
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          const complex entry = j == k ? complex(next().real(), 0) : next();
          matrices[(i * n + j) * n + k] = entry;
          matrices[(i * n + k) * n + j] = std::conj(entry);
        }
      }
    }
    for (complex& value : vectors) value = next();
  }
  /// tr(H Z)
  [[nodiscard]] std::vector<double> traces() const {
    std::vector<double> y;
    for (std::size_t i = 0; i < m; ++i) {
      complex sum = 0;
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < n; ++k) sum += matrices[(i * n + j) * n + k] * truth[k * n + j];
      }
      y.push_back(sum.real());
    }
    return y;
  }
  /// a^H Z a of vector i
  [[nodiscard]] double energy(std::size_t i) const {
    complex sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k)
        sum += std::conj(vectors[i * n + j]) * truth[j * n + k] * vectors[i * n + k];
    }
    return sum.real();
  }
};

/// The matrices of one letter; bit 1 of a place is its row.
inline complex letter(char name, std::size_t row, std::size_t column) {
  switch (name) {
    case 'X':
      return row == column ? 0 : 1;
    case 'Y':
      return row == column ? complex(0) : complex(0, row == 0 ? -1 : 1);
    case 'Z':
      return row == column ? (row == 0 ? 1 : -1) : 0;
    default:
      return row == column ? 1 : 0;
  }
}

/// label,value of all strings of two letters on complex_sample's matrix.
inline std::string pauli_rows(const complex_sample& s, const std::string& wild = "") {
  std::string text = "label,value\n";
  for (const char a : std::string("IXYZ")) {
    for (const char b : std::string("IXYZ")) {
      complex sum = 0;
      for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t k = 0; k < 4; ++k)
          sum += letter(a, j / 2, k / 2) * letter(b, j % 2, k % 2) * s.truth[k * 4 + j];
      }
      const std::string label{a, b};
      text += label + "," + nlohmann::json(label == wild ? sum.real() + 100 : sum.real()).dump() + "\n";
    }
  }
  return text;
}

}  // namespace tinyrank::test
