// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "samples.hpp"

#include <cstdint>
#include <cstring>

namespace tinyrank::test {
namespace {

template <class T>
void append(std::string& text, double value) {
  const auto stored = static_cast<T>(value);
  char bytes[sizeof stored];
  std::memcpy(bytes, &stored, sizeof stored);
  text.append(bytes, sizeof stored);
}

}  // namespace

std::string npy_text(std::string_view dictionary, std::string_view data, char major) {
  std::string header = std::string(dictionary) + "\n";
  std::string text = "\x93NUMPY";
  text += {major, 0, static_cast<char>(header.size() & 255U), static_cast<char>(header.size() >> 8U)};
  if (major > 1) text.append(2, '\0');
  return text.append(header).append(data);
}

std::string npy(const std::vector<std::size_t>& shape, const std::vector<double>& values, npy_format format) {
  std::string extents;
  for (const std::size_t extent : shape) extents += std::to_string(extent) + ",";
  std::string data;
  for (std::size_t k = 0; k < values.size(); ++k) {
    std::size_t from = k;
    if (format.fortran_order) {
      std::size_t rest = k, stride = values.size();
      from = 0;
      for (const std::size_t extent : shape) {
        stride /= extent;
        from += rest % extent * stride;
        rest /= extent;
      }
    }
    format.single ? append<float>(data, values[from]) : append<double>(data, values[from]);
  }
  return npy_text(std::string("{'descr': '") + (format.single ? "<f4" : "<f8") + "', 'fortran_order': " +
                      (format.fortran_order ? "True" : "False") + ", 'shape': (" + extents + ")}",
                  data);
}

sample::sample() : matrices(m * n * n), truth(n * n), y(m), start(n * rank) {
  fractions random(7);
  std::vector<double> x(n * truth_rank);
  for (double& value : x) value = random.next(4);
  for (double& value : start) value = random.next(8) / 16;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t c = 0; c < truth_rank; ++c) {
        truth[j * n + k] += x[j * truth_rank + c] * x[k * truth_rank + c];
      }
    }
  }
  for (std::size_t i = 0; i < m; ++i) {
    double* a = matrices.data() + i * n * n;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) a[j * n + k] = a[k * n + j] = 2 * random.next(16);
    }
    for (std::size_t k = 0; k < n * n; ++k) y[i] += a[k] * truth[k];
  }
}

std::vector<double> sample::packed() const {
  std::vector<double> rows;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) rows.push_back(matrices[(i * n + j) * n + k]);
    }
  }
  return rows;
}

std::vector<double> sample::skewed() const {
  std::vector<double> result = matrices;
  for (std::size_t i = 0; i < m; ++i) {
    result[i * n * n + 1] += 0.5;
    result[i * n * n + n] -= 0.5;
  }
  return result;
}

double sample::loss(const std::vector<double>& factor) const {
  double sum = 0;
  for (std::size_t i = 0; i < m; ++i) {
    double residual = -y[i];
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        double entry = 0;
        for (std::size_t c = 0; c < rank; ++c) entry += factor[j * rank + c] * factor[k * rank + c];
        residual += matrices[(i * n + j) * n + k] * entry;
      }
    }
    sum += residual * residual;
  }
  return sum / (4.0 * static_cast<double>(m));
}

void sample::write(const scratch_directory& directory) const {
  directory.write("A.npy", npy({m, n, n}, matrices));
  directory.write("y.npy", npy({m}, y));
  directory.write("U0.npy", npy({n, rank}, start));
  directory.write("truth.npy", npy({n, n}, truth));
}

}  // namespace tinyrank::test
