// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <cmath>

#include "bench/harness.hpp"
#include "bench/probes.hpp"
#include "bench/problem.hpp"

#if defined(TINYRANK_HAS_OPENBLAS)
#include <cblas.h>
#endif

namespace tinyrank::bench {
namespace {

constexpr std::size_t n = 200, m = 10000, rank = 20;
constexpr std::uint64_t seed = 7;

template <class T>
std::string typed(const char* name) {
  return std::string(name) + (sizeof(T) == sizeof(float) ? "_f32" : "_f64");
}

template <class T>
void draw_rows(const settings& chosen, std::size_t side, std::size_t count, T* rows) {
  for_every_shard(chosen.threads, count, [&](shard_range range, std::size_t) {
    expect(fill_gaussian_rows(side, range.first, range.count, seed, gaussian_ensemble::isotropic,
                              rows + range.first * packed_stride<T>(side), chosen.isa),
           "fill_gaussian_rows");
  });
}

#if defined(TINYRANK_HAS_OPENBLAS)

void multiply(bool transposed, const float* a, const float* x, float* y) {
  cblas_sgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, m, n * n, 1, a, n * n, x, 1, 0, y, 1);
}
void multiply(bool transposed, const double* a, const double* x, double* y) {
  cblas_dgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, m, n * n, 1, a, n * n, x, 1, 0, y, 1);
}

/// What one writes without this library: every A_i in full, e = A z - y, then A^T e. Z = U U^T and the
/// product with U are not timed here; in our gradient they are.
template <class T>
class full_storage {
 public:
  full_storage(const settings& chosen, const T* rows, const gradient_problem<T>& problem)
      : a_(allocate<T>(m * n * n)),
        z_(allocate<T>(n * n)),
        e_(allocate<T>(m)),
        g_(allocate<T>(n * n)),
        y_(problem.measurements()) {
    openblas_set_num_threads(static_cast<int>(chosen.threads));
    for_every_shard(chosen.threads, m, [&](shard_range range, std::size_t) {
      for (std::size_t i = range.first; i < range.first + range.count; ++i) {
        const T* row = rows + i * packed_stride<T>(n);
        T* full = a_.get() + i * n * n;
        for (std::size_t j = 0; j < n; ++j) {
          for (std::size_t k = 0; k <= j; ++k) full[j * n + k] = full[k * n + j] = row[packed_index(j, k)];
        }
      }
    });
    const factor_view<const T> u = problem.factor();
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        T sum = 0;
        for (std::size_t c = 0; c < u.rank; ++c) sum += u(j, c) * u(k, c);
        z_[j * n + k] = sum;
      }
    }
  }

  T loss_and_matrix() {
    multiply(false, a_.get(), z_.get(), e_.get());
    T squares = 0;
    for (std::size_t i = 0; i < m; ++i) {
      e_[i] -= y_[i];
      squares += e_[i] * e_[i];
    }
    multiply(true, a_.get(), e_.get(), g_.get());
    return squares / static_cast<T>(4 * m);
  }

 private:
  buffer<T> a_, z_, e_, g_;
  const T* y_;
};

#endif

template <class T>
class dense_group final : public case_group {
 public:
  explicit dense_group(const settings& chosen) : chosen_(chosen) {}

  std::vector<bench_case> cases() override {
    const double packed_bytes = static_cast<double>(m * packed_stride<T>(n) * sizeof(T));
    std::vector<bench_case> all;
    for (const read_pattern<T>& pattern : find_probes(chosen_.isa).of<T>().reads) {
      all.push_back({.name = typed<T>("read"),
                     .way = pattern.name,
                     .run = [this, pattern] { read(pattern); },
                     .bytes = packed_bytes});
    }
    all.push_back({.name = typed<T>("dense"),
                   .run = [this] { loss_ = problem_->loss_and_gradient(); },
                   .bytes = packed_bytes,
                   .flops = static_cast<double>(4 * m * packed_count(n)),
                   .limit = typed<T>("read"),
                   .against = typed<T>("openblas_full")});
#if defined(TINYRANK_HAS_OPENBLAS)
    all.push_back({.name = typed<T>("openblas_full"),
                   .run = [this] { full_loss_ = full_->loss_and_matrix(); },
                   .bytes = static_cast<double>(2 * m * n * n * sizeof(T)),
                   .flops = static_cast<double>(4 * m * n * n),
                   .limit = typed<T>("read"),
                   .settle = true});
#endif
    return all;
  }

  void prepare([[maybe_unused]] const std::vector<bench_case>& wanted) override {
    rows_ = allocate<T>(dense_row_elements<T>(n, m));
    draw_rows(chosen_, n, m, rows_.get());
    sensing_ = {n, m, rows_.get()};
    problem_ = std::make_unique<gradient_problem<T>>(sensing_, rank, chosen_.threads, chosen_.isa);
#if defined(TINYRANK_HAS_OPENBLAS)
    const bool compares = std::any_of(wanted.begin(), wanted.end(), [](const bench_case& one) {
      return one.name == typed<T>("openblas_full");
    });
    if (!compares) return;
    full_ = std::make_unique<full_storage<T>>(chosen_, rows_.get(), *problem_);
    const T ours = problem_->loss_and_gradient(), theirs = full_->loss_and_matrix();
    if (!(std::abs(ours - theirs) <= T(1e-4) * ours)) {
      throw std::runtime_error("dense: the loss differs from OpenBLAS's; timing them would mean nothing");
    }
#endif
  }

  void release() noexcept override {
#if defined(TINYRANK_HAS_OPENBLAS)
    full_.reset();
#endif
    problem_.reset();
    rows_.reset();
  }

 private:
  void read(const read_pattern<T>& pattern) {
    for_every_shard(chosen_.threads, m, [&](shard_range range, std::size_t s) {
      const std::size_t stride = packed_stride<T>(n);
      read_[s] = pattern.read(rows_.get() + range.first * stride, range.count * stride);
    });
  }

  settings chosen_;
  buffer<T> rows_;
  dense_sensing<T> sensing_;
  std::unique_ptr<gradient_problem<T>> problem_;
  volatile T loss_ = 0;
  volatile T read_[64] = {};
#if defined(TINYRANK_HAS_OPENBLAS)
  std::unique_ptr<full_storage<T>> full_;
  volatile T full_loss_ = 0;
#endif
};

/// n = 64, m = 2000: 17 MB, in the last cache of a server, so that threads and not memory are measured.
class in_cache_group final : public case_group {
 public:
  explicit in_cache_group(const settings& chosen) : chosen_(chosen) {}

  std::vector<bench_case> cases() override {
    const double bytes = static_cast<double>(count * packed_stride<float>(side) * sizeof(float));
    const double flops = static_cast<double>(4 * count * packed_count(side));
    const auto evaluate = [this](std::size_t threads) {
      loss_ = problems_[threads - 1]->loss_and_gradient();
    };
    return {{.name = "in_cache_f32_1_thread", .run = [=] { evaluate(1); }, .bytes = bytes, .flops = flops},
            {.name = "in_cache_f32_2_threads", .run = [=] { evaluate(2); }, .bytes = bytes, .flops = flops}};
  }

  void prepare(const std::vector<bench_case>&) override {
    rows_ = allocate<float>(dense_row_elements<float>(side, count));
    draw_rows(chosen_, side, count, rows_.get());
    sensing_ = {side, count, rows_.get()};
    for (std::uint32_t threads = 1; threads <= 2; ++threads) {
      problems_[threads - 1] =
          std::make_unique<gradient_problem<float>>(sensing_, rank, threads, chosen_.isa);
    }
  }

  void release() noexcept override {
    for (auto& problem : problems_) problem.reset();
    rows_.reset();
  }

 private:
  static constexpr std::size_t side = 64, count = 2000;
  settings chosen_;
  buffer<float> rows_;
  dense_sensing<float> sensing_;
  std::unique_ptr<gradient_problem<float>> problems_[2];
  volatile float loss_ = 0;
};

}  // namespace

std::unique_ptr<case_group> dense_f32_cases(const settings& chosen) {
  return std::make_unique<dense_group<float>>(chosen);
}
std::unique_ptr<case_group> dense_f64_cases(const settings& chosen) {
  return std::make_unique<dense_group<double>>(chosen);
}
std::unique_ptr<case_group> in_cache_cases(const settings& chosen) {
  return std::make_unique<in_cache_group>(chosen);
}

}  // namespace tinyrank::bench
