// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cmath>

#include "bench/yardsticks.hpp"

#if defined(TINYRANK_HAS_EIGEN)
#include "bench/eigen_unit.hpp"
#include "tinyrank/operators/dense.hpp"
#endif
#if defined(TINYRANK_HAS_OPENBLAS)
#include <cblas.h>
#endif

namespace tinyrank::bench {
namespace {

/// The problem of dense_sensing with full storage. Compared with the library's loss before it is timed.
template <class T>
struct full_problem {
  explicit full_problem(const shape& given)
      : of(given),
        size(of.n * of.n),
        a(allocate<T>(of.m * size)),
        z(allocate<T>(size)),
        e(allocate<T>(of.m)),
        partial_sums(allocate<T>(size * of.threads)) {
    const auto held = share_rows<T>(of);
    for_every_shard(of.threads, of.m, [&](shard_range range, std::size_t) {
      for (std::size_t i = range.first; i < range.first + range.count; ++i) {
        unpack(held->a.rows + i * packed_stride<T>(of.n), a.get() + i * size);
      }
    });
    gradient_problem<T> ours(held->a, of.rank, of.threads, of.isa);
    y.assign(ours.measurements(), ours.measurements() + of.m);
    const factor_view<const T> u = ours.factor();
    for (std::size_t j = 0; j < of.n; ++j) {
      for (std::size_t k = 0; k < of.n; ++k) {
        T sum = 0;
        for (std::size_t c = 0; c < u.rank; ++c) sum += u(j, c) * u(k, c);
        z[j * of.n + k] = sum;
      }
    }
    our_loss = ours.loss_and_gradient();
  }

  void unpack(const T* row, T* full) const {
    for (std::size_t j = 0; j < of.n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        full[j * of.n + k] = full[k * of.n + j] = row[packed_index(j, k)];
      }
    }
  }

  T subtract_measurements() {
    T squares = 0;
    for (std::size_t i = 0; i < of.m; ++i) {
      e[i] -= y[i];
      squares += e[i] * e[i];
    }
    return squares / static_cast<T>(4 * of.m);
  }

  void check(T loss, const char* whose) const {
    if (std::abs(loss - our_loss) <= T(1e-4) * our_loss) return;
    throw std::runtime_error(std::string("dense: the loss differs from ") + whose +
                             "'s; timing them would mean nothing");
  }

  shape of;
  std::size_t size;
  buffer<T> a, z, e, partial_sums;
  std::vector<T> y;
  T our_loss = 0;
};

/// One copy of the full storage for both libraries.
template <class T>
std::shared_ptr<full_problem<T>> share_full_problem(const shape& of) {
  static std::weak_ptr<full_problem<T>> last;
  if (auto known = last.lock()) return known;
  const auto made = std::make_shared<full_problem<T>>(of);
  last = made;
  return made;
}

/// A: m x n, rows `stride` apart, of someone else; a factor n x r by columns, and places for A U and A^T (A
/// U).
template <class T>
struct product_pair {
  product_pair(std::shared_ptr<const void> holder, const T* matrix, std::size_t rows, std::size_t columns,
               std::size_t apart, std::size_t rank, std::uint32_t workers)
      : a(matrix),
        m(rows),
        n(columns),
        stride(apart),
        r(rank),
        threads(workers),
        u(gaussian_vector<T>(stride * r, 1)),
        b(allocate<T>(m * r)),
        g(allocate<T>(stride * r)),
        holder_(std::move(holder)) {}
  const T* a;
  std::size_t m, n, stride, r;
  std::uint32_t threads;
  buffer<T> u, b, g;

 private:
  std::shared_ptr<const void> holder_;
};

/// What a rank-one gradient multiplies: the vectors with the factor.
template <class T>
std::shared_ptr<product_pair<T>> vectors_and_factor(const shape& of) {
  const auto held = share_operator<catalogue::rank_one_row, T>(of);
  return std::make_shared<product_pair<T>>(held, held->a.vectors, of.m, of.n, padded<T>(of.n), of.rank,
                                           of.threads);
}

/// What `problems` gradients over full storage multiply: the matrices as rows with as many U U^T.
template <class T>
std::shared_ptr<product_pair<T>> full_storage_and_batch(const shape& of, std::size_t problems) {
  const auto full = share_full_problem<T>(of);
  return std::make_shared<product_pair<T>>(full, full->a.get(), of.m, full->size, full->size, problems,
                                           of.threads);
}

template <class T>
bench_case full_storage_case(const char* name, const shape& of, prepared_case (*prepare)(const shape&)) {
  return {.name = typed<T>(name),
          .prepare = [of, prepare] { return prepare(of); },
          .bytes = static_cast<double>(2 * of.m * of.n * of.n * sizeof(T)),
          .flops = static_cast<double>(4 * of.m * of.n * of.n),
          .limits = {typed<T>("read"), typed<T>("fma_peak")},
          .settle = true};
}

template <class T>
using make_pair_of = std::function<std::shared_ptr<product_pair<T>>()>;

#if defined(TINYRANK_HAS_OPENBLAS)

void multiply(bool transposed, std::size_t m, std::size_t k, const float* a, const float* x, float* y) {
  const auto rows = static_cast<blasint>(m), columns = static_cast<blasint>(k);
  cblas_sgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, rows, columns, 1, a, columns, x, 1, 0, y,
              1);
}
void multiply(bool transposed, std::size_t m, std::size_t k, const double* a, const double* x, double* y) {
  const auto rows = static_cast<blasint>(m), columns = static_cast<blasint>(k);
  cblas_dgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, rows, columns, 1, a, columns, x, 1, 0, y,
              1);
}

template <class T>
prepared_case prepare_openblas_full(const shape& of) {
  openblas_set_num_threads(static_cast<int>(of.threads));
  const auto full = share_full_problem<T>(of);
  const auto evaluate = [full] {
    full_problem<T>& p = *full;
    multiply(false, p.of.m, p.size, p.a.get(), p.z.get(), p.e.get());
    const T loss = p.subtract_measurements();
    multiply(true, p.of.m, p.size, p.a.get(), p.e.get(), p.partial_sums.get());
    return loss;
  };
  full->check(evaluate(), "OpenBLAS");
  return [evaluate] { evaluate(); };
}

void multiply(CBLAS_TRANSPOSE first, CBLAS_TRANSPOSE second, blasint m, blasint n, blasint k, const float* a,
              blasint lda, const float* b, blasint ldb, float* c, blasint ldc) {
  cblas_sgemm(CblasRowMajor, first, second, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
}
void multiply(CBLAS_TRANSPOSE first, CBLAS_TRANSPOSE second, blasint m, blasint n, blasint k, const double* a,
              blasint lda, const double* b, blasint ldb, double* c, blasint ldc) {
  cblas_dgemm(CblasRowMajor, first, second, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
}

/// The factor lies by columns, so that it is the transpose of a row-major matrix; and so shall G. B may lie
/// either way.
template <class T>
prepared_case prepare_openblas_pair(std::shared_ptr<product_pair<T>> pair, bool by_rows) {
  openblas_set_num_threads(static_cast<int>(pair->threads));
  return [by_rows, pair] {
    const auto m = static_cast<blasint>(pair->m), n = static_cast<blasint>(pair->n),
               r = static_cast<blasint>(pair->r), stride = static_cast<blasint>(pair->stride);
    const T *a = pair->a, *u = pair->u.get();
    T *b = pair->b.get(), *g = pair->g.get();
    if (by_rows) {
      multiply(CblasNoTrans, CblasTrans, m, r, n, a, stride, u, stride, b, r);
      multiply(CblasTrans, CblasNoTrans, r, n, m, b, r, a, stride, g, stride);
    } else {
      multiply(CblasNoTrans, CblasTrans, r, m, n, u, stride, a, stride, b, m);
      multiply(CblasNoTrans, CblasNoTrans, r, n, m, b, m, a, stride, g, stride);
    }
  };
}

#endif

#if defined(TINYRANK_HAS_EIGEN)

/// Eigen's matrix-vector products take one thread; so the measurements are spread over threads here.
template <class T>
prepared_case prepare_eigen_full(const shape& of) {
  const auto full = share_full_problem<T>(of);
  const auto evaluate = [full] {
    full_problem<T>& p = *full;
    const std::size_t threads = p.of.threads;
    parallel_for(p.of.threads, threads, [&](std::size_t s, std::uint32_t) {
      const shard_range range = shard_of(s, threads, p.of.m);
      eigen_times<T>(range.count, p.size, p.a.get() + range.first * p.size, p.z.get(),
                     p.e.get() + range.first);
    });
    const T loss = p.subtract_measurements();
    parallel_for(p.of.threads, threads, [&](std::size_t s, std::uint32_t) {
      const shard_range range = shard_of(s, threads, p.of.m);
      eigen_transposed_times<T>(range.count, p.size, p.a.get() + range.first * p.size,
                                p.e.get() + range.first, p.partial_sums.get() + s * p.size);
    });
    T* sum = p.partial_sums.get();
    for (std::size_t s = 1; s < threads; ++s) {
      for (std::size_t k = 0; k < p.size; ++k) sum[k] += sum[s * p.size + k];
    }
    return loss;
  };
  full->check(evaluate(), "Eigen");
  return [evaluate] { evaluate(); };
}

template <class T>
prepared_case prepare_eigen_pair(std::shared_ptr<product_pair<T>> pair) {
  return [pair] {
    eigen_two_products<T>(static_cast<int>(pair->threads), pair->m, pair->n, pair->r, pair->stride, pair->a,
                          pair->u.get(), pair->b.get(), pair->g.get());
  };
}

#endif

/// The cases of both libraries for one pair of products of 4 m n r flops.
template <class T>
case_group pair_cases([[maybe_unused]] const std::string& openblas_name,
                      [[maybe_unused]] const std::string& eigen_name,
                      [[maybe_unused]] const bench_case& common, [[maybe_unused]] make_pair_of<T> make) {
  case_group all;
#if defined(TINYRANK_HAS_OPENBLAS)
  for (const bool by_rows : {true, false}) {
    bench_case one = common;
    one.name = openblas_name;
    one.way = by_rows ? "B by rows" : "B by columns";
    one.prepare = [make, by_rows] { return prepare_openblas_pair<T>(make(), by_rows); };
    all.push_back(std::move(one));
  }
#endif
#if defined(TINYRANK_HAS_EIGEN)
  bench_case one = common;
  one.name = eigen_name;
  one.prepare = [make] { return prepare_eigen_pair<T>(make()); };
  all.push_back(std::move(one));
#endif
  return all;
}

}  // namespace

template <class T>
case_group full_storage_cases([[maybe_unused]] const shape& of) {
  case_group all;
#if defined(TINYRANK_HAS_OPENBLAS)
  all.push_back(full_storage_case<T>("openblas_full", of, prepare_openblas_full<T>));
#endif
#if defined(TINYRANK_HAS_EIGEN)
  all.push_back(full_storage_case<T>("eigen_full", of, prepare_eigen_full<T>));
#endif
  return all;
}
template case_group full_storage_cases<float>(const shape&);
template case_group full_storage_cases<double>(const shape&);

template <class T>
case_group product_pair_cases(const shape& of) {
  bench_case common;
  common.flops = static_cast<double>(4 * of.m * of.n * of.rank);
  common.limits = {typed<T>("fma_peak")};
  common.settle = true;
  return pair_cases<T>(sizeof(T) == sizeof(float) ? "sgemm_pair" : "dgemm_pair", typed<T>("eigen_pair"),
                       common, [of] { return vectors_and_factor<T>(of); });
}
template case_group product_pair_cases<float>(const shape&);
template case_group product_pair_cases<double>(const shape&);

template <class T>
case_group full_batch_cases(const shape& of, std::size_t problems) {
  bench_case common;
  common.bytes = static_cast<double>(2 * of.m * of.n * of.n * sizeof(T));
  common.flops = static_cast<double>(4 * of.m * of.n * of.n * problems);
  common.limits = {typed<T>("read"), typed<T>("fma_peak")};
  common.settle = true;
  const std::string batch = "_full_batch" + std::to_string(problems);
  return pair_cases<T>(typed<T>(("openblas" + batch).c_str()), typed<T>(("eigen" + batch).c_str()), common,
                       [of, problems] { return full_storage_and_batch<T>(of, problems); });
}
template case_group full_batch_cases<float>(const shape&, std::size_t);

}  // namespace tinyrank::bench
