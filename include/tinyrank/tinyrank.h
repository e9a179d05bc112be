/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#ifndef TINYRANK_TINYRANK_H
#define TINYRANK_TINYRANK_H

/*
 * tinyrank for C99: recovers a symmetric positive semidefinite n x n matrix Z = U U^T of low rank from
 * measurements y_i = <A_i, Z> by gradient descent on U (n x rank) from a small random start (arXiv
 * 2106.15013, eq. (2), (3)), or, with nothing told, by a staircase (further down).
 *
 *     static tinyrank_memory_line memory[TINYRANK_LINES(TINYRANK_GAUSSIAN_BYTES(sizeof(float), 20, 400, 6))];
 *     const tinyrank_gaussian sensing = {sizeof sensing, TINYRANK_ISOTROPIC, 20, 400, 1};
 *     tinyrank_options_f32 options;
 *     tinyrank_run_f32* run;
 *     tinyrank_default_options_f32(&options);
 *     options.rank = 6;
 *     int32_t status = tinyrank_gaussian_create_f32(&run, &sensing, y, &options, memory, sizeof memory);
 *     while (status == TINYRANK_OK && tinyrank_step_f32(run) == TINYRANK_RUNNING) {}
 *
 * Nothing here allocates, prints, ends the program or keeps state outside the caller's memory; runs in
 * different memory are independent. No function is recursive, and every loop is bounded by its arguments.
 * Functions named ..._f32 have a twin ..._f64 in double. Bits: those of the C++ interface, the same on every
 * target.
 *
 * Structs begin with struct_size, which the caller sets to sizeof the struct. Later versions add fields at
 * the end. A library takes structs of older versions, where what is missing has its default, and of newer
 * ones when what it does not know is zero. Fields that name one of a list are int32_t, not enums, whose size
 * depends on compiler flags.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a shared library shows. */
#if defined(TINYRANK_SHARED) && defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* Every pointer is aligned to its type, as what the compiler places is: of float to 4 bytes, of double to 8
 * where the processor asks for it. Of the memory of a run, and of stored matrices and vectors, it is 64
 * bytes. Where that is not so, a call is refused, and nothing is read there. */

/* Why a call was refused. A refused call has written nothing, unless the function says so. */
enum {
  TINYRANK_OK = 0,
  TINYRANK_STATUS_DIMENSION = 1,         /* n is 0 or too large for this machine's size_t */
  TINYRANK_STATUS_RANK = 2,              /* rank is 0 or too large */
  TINYRANK_STATUS_MEASUREMENT_COUNT = 3, /* measurement_count is 0 or too large */
  TINYRANK_STATUS_SIZE_OVERFLOW = 4,     /* the product of the sizes does not fit in size_t */
  TINYRANK_STATUS_OPERATOR_DATA =
      5, /* stored data is null, not aligned (to 64 bytes, or to its type), or no valid choice */
  TINYRANK_STATUS_PAIR_INDEX = 6,    /* a pair names an index >= n, or the same index twice */
  TINYRANK_STATUS_ENTRY_INDEX = 7,   /* an entry names an index >= n */
  TINYRANK_STATUS_ENTRY_OFFSETS = 8, /* offsets of sparse matrices do not begin with 0, or descend */
  TINYRANK_STATUS_MEASUREMENTS =
      9, /* y is null, misaligned, not finite, or gives no scale for an automatic step or start */
  TINYRANK_STATUS_INITIAL_FACTOR = 10,    /* initial_factor is not finite, or not aligned to its type */
  TINYRANK_STATUS_STEP_SIZE = 11,         /* negative or not finite */
  TINYRANK_STATUS_INITIAL_SCALE = 12,     /* negative or not finite */
  TINYRANK_STATUS_TOLERANCE = 13,         /* a tolerance is negative or not finite */
  TINYRANK_STATUS_THREADS = 14,           /* 0, above 1024, or more than 1 in a build without OpenMP */
  TINYRANK_STATUS_SHARDS = 15,            /* not a power of two in 1..4096 */
  TINYRANK_STATUS_INSTRUCTION_SET = 16,   /* not built in, or not usable on this machine */
  TINYRANK_STATUS_MEMORY_NULL = 17,       /* memory is null */
  TINYRANK_STATUS_MEMORY_MISALIGNED = 18, /* memory is not aligned to 64 bytes */
  TINYRANK_STATUS_MEMORY_TOO_SMALL = 19,  /* memory has fewer bytes than the run needs */
  TINYRANK_STATUS_BATCH = 20,             /* not returned by this interface */
  TINYRANK_STATUS_DAMPING = 21,           /* damping is negative or not finite, or its ratio out of range */
  TINYRANK_STATUS_MOMENTUM = 22,          /* not in [0, 1) */
  TINYRANK_STATUS_HISTORY = 23,           /* 0 pairs or more than 64 */
  TINYRANK_STATUS_EXPLORATION = 24,       /* this one and the next three are not returned by this interface */
  TINYRANK_STATUS_WEIGHTS = 25,
  TINYRANK_STATUS_ROBUST_LOSS = 26,
  TINYRANK_STATUS_HELD_OUT = 27,
  TINYRANK_STATUS_ARITHMETIC = 28, /* of tinyrank_check_environment alone */
  TINYRANK_STATUS_RUN_NULL = 1001, /* run is null, or where it is to be written is not aligned to its type */
  TINYRANK_STATUS_SENSING_NULL = 1002, /* sensing is null or not aligned to its type */
  TINYRANK_STATUS_SENSING_SIZE =
      1003, /* sensing->struct_size is no version of the struct that is known here */
  TINYRANK_STATUS_OPTIONS_NULL = 1004, /* options is null or not aligned to its type */
  TINYRANK_STATUS_OPTIONS_SIZE =
      1005, /* options->struct_size is no version of the struct that is known here */
  TINYRANK_STATUS_OUTPUT_NULL = 1006, /* the place for the result is null or not aligned to its type */
  TINYRANK_STATUS_OUTPUT_SIZE = 1007, /* the place for the result is too small */
  TINYRANK_STATUS_INDEX = 1008,       /* a row is >= n, or a column or measurement not below its bound */
  TINYRANK_STATUS_NO_VERDICT = 1009,  /* the run has none, or a factor without columns */
  TINYRANK_STATUS_FACTOR = 1010       /* factor is null, not aligned to its type, or not finite */
};

/* How a run ended; RUNNING means that it has not. */
enum {
  TINYRANK_RUNNING = 0,
  TINYRANK_RECOVERED = 1,       /* the loss is finite and at or below the tolerance */
  TINYRANK_PLATEAU = 2,         /* the loss stopped falling above the tolerance: noise, rank, or a saddle */
  TINYRANK_ITERATION_LIMIT = 3, /* the allowed number of iterations was spent */
  TINYRANK_DIVERGED = 4,        /* the loss grew beyond bounds or stopped being finite */
  TINYRANK_STOPPED = 5          /* its owner ended it, see tinyrank_stop_f32 */
};

/* What the measurements say of the answer, once a staircase has ended by itself. */
enum {
  TINYRANK_VERDICT_NONE = 0,      /* it has not: its owner, a limit or a loss that is not finite did */
  TINYRANK_VERDICT_RECOVERED = 1, /* the loss is at the tolerance; near the answer no other fits as well */
  TINYRANK_VERDICT_BEST_FIT = 2,  /* of the rank that the measurements support, or rank_limit */
  TINYRANK_VERDICT_NOT_DETERMINED = 3 /* the answer is free to move, or was not shown to be determined */
};

/* Kernels; all give the same bits. */
enum {
  TINYRANK_AUTOMATIC = 0, /* the fastest that can be used */
  TINYRANK_SCALAR = 1,
  TINYRANK_AVX2 = 2,
  TINYRANK_AVX512 = 3,
  TINYRANK_NEON = 4,
  TINYRANK_HELIUM = 5,
  TINYRANK_RVV = 6, /* RISC-V's vectors */
  TINYRANK_SVE = 7
};

/* Static, null-terminated English text for any value; never null. */
const char* tinyrank_status_text(int32_t status);
const char* tinyrank_outcome_text(int32_t outcome);
const char* tinyrank_verdict_text(int32_t verdict);

/* The version of the library that was linked, as "0.1.0". */
const char* tinyrank_version(void);

/* TINYRANK_OK where this thread rounds as the same bits everywhere ask: to nearest, subnormal numbers kept,
 * each operation by itself; TINYRANK_STATUS_ARITHMETIC where the program around has set another rounding mode
 * or flush-to-zero, or a flag of the compiler has changed arithmetic. For debugging: a run does not ask. */
int32_t tinyrank_check_environment(void);

/* Capabilities: whether kernels for an instruction set are built in and usable here (1 or 0), the ones that
 * TINYRANK_AUTOMATIC picks, their name, and the largest number of threads a run may ask for. Threads are the
 * process's, for all its runs; the child of a fork() has its own, and those that the system does not give are
 * done without. */
int32_t tinyrank_is_usable(int32_t instruction_set);
int32_t tinyrank_best_instruction_set(void);
const char* tinyrank_instruction_set_name(int32_t instruction_set);
uint32_t tinyrank_most_threads(void);

/* ---- Memory ---- */

/* Memory comes in lines of 64 bytes, on which it must be aligned; this type is aligned where the compiler
 * knows how to say so. */
#if defined(__GNUC__) || defined(__clang__)
typedef struct tinyrank_memory_line {
  unsigned char bytes[64];
} __attribute__((aligned(64))) tinyrank_memory_line;
#else
typedef struct tinyrank_memory_line {
  unsigned char bytes[64];
} tinyrank_memory_line;
#endif

#define TINYRANK_LINES(bytes) (((bytes) + 63) / 64)

/* TINYRANK_..._BYTES, beside each operator: constant expressions for the exact bytes of a run with default
 * options (step and scale automatic, one thread, 16 shards), equal to tinyrank_..._bytes_f32 or _f64 with
 * size = sizeof(float) or sizeof(double). They do not look for overflow: that is what the functions do. */
#define TINYRANK_RUN_BYTES(size) (sizeof(void*) == 4 ? 320 + 32 * (size) : 576 + 16 * (size))
#define TINYRANK_ROUND_(bytes) (TINYRANK_LINES(bytes) * 64)
#define TINYRANK_PACKED_(size, n) TINYRANK_ROUND_((size_t)(n) * ((n) + 1) / 2 * (size))
#define TINYRANK_COLUMNS_(size, n, count) (TINYRANK_ROUND_((size_t)(n) * (size)) * (count))
#define TINYRANK_SOLVER_BYTES_(size, n, m, rank) \
  (TINYRANK_RUN_BYTES(size) + TINYRANK_COLUMNS_(size, n, 3 * (rank)) + TINYRANK_ROUND_((size_t)(m) * (size)))
#define TINYRANK_LOSSES_(size) TINYRANK_ROUND_(16 * (size))
/* Of matrices that are read as packed rows of `entries` elements. */
#define TINYRANK_PACKED_ROWS_BYTES_(size, n, m, rank, entries)                                         \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + 6 * (entries) * (size) + TINYRANK_COLUMNS_(size, n, n) + \
   TINYRANK_LOSSES_(size))
/* Of matrices with a few entries; a row of a factor has TINYRANK_ROW_ bytes. */
#define TINYRANK_ROW_(size, rank) \
  ((size_t)(rank) * (size) < 64 ? (size_t)(rank) * (size) : TINYRANK_ROUND_((size_t)(rank) * (size)))
#define TINYRANK_FEW_ENTRIES_BYTES_(size, n, m, rank)                                          \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + TINYRANK_ROUND_((n)*TINYRANK_ROW_(size, rank)) + \
   TINYRANK_ROUND_((size_t)(n) * (size)) / (size)*5 * TINYRANK_ROW_(size, rank) + TINYRANK_LOSSES_(size))

/* ---- Sensing operators: what the A_i are. A program links only those that it names. ----
 *
 * An operator has its struct here, with TINYRANK_<OPERATOR>_BYTES and what prepares its data, and
 * lib/c_api/<operator>.cpp; `make c_header` writes its functions further down, and all that is double. */

/* The Gaussian ensemble, drawn again at every use: no stored matrix. TINYRANK_ISOTROPIC: A_jj ~ N(0, variance
 * 1), A_jk ~ N(0, variance 1/2); TINYRANK_AS_PRINTED: the variances exchanged, as footnote 1 of arXiv
 * 2106.15013 prints them. */
enum { TINYRANK_ISOTROPIC = 0, TINYRANK_AS_PRINTED = 1 };
typedef struct tinyrank_gaussian {
  uint32_t struct_size;
  int32_t ensemble;
  size_t n;
  size_t measurement_count;
  uint64_t seed;
} tinyrank_gaussian;
#define TINYRANK_GAUSSIAN_BYTES(size, n, m, rank) \
  (TINYRANK_DENSE_BYTES(size, n, m, rank) + TINYRANK_PACKED_(size, n) * (sizeof(size_t) == 4 ? 1 : 4))

/* Random signs, drawn again at every use: A_jj = +-1, A_jk = +-sqrt(1/2), isotropic like the Gaussian
 * ensemble for a fraction of its work. */
typedef struct tinyrank_rademacher {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  uint64_t seed;
} tinyrank_rademacher;
#define TINYRANK_RADEMACHER_BYTES(size, n, m, rank) TINYRANK_DENSE_BYTES(size, n, m, rank)

/* Stored matrices: row i is A_i packed, the n(n+1)/2 entries of the lower triangle row by row, at i *
 * TINYRANK_DENSE_STRIDE elements, padded with zeros. rows: float or double as the function's name says,
 * 64-byte aligned, read only, must outlive the run. */
typedef struct tinyrank_dense {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const void* rows;
} tinyrank_dense;
#define TINYRANK_DENSE_STRIDE(size, n) (TINYRANK_PACKED_(size, n) / (size))
#define TINYRANK_DENSE_BYTES(size, n, m, rank) \
  TINYRANK_PACKED_ROWS_BYTES_(size, n, m, rank, TINYRANK_DENSE_STRIDE(size, n))
/* Stores one matrix as a row. full: n x n, row-major; when it is not symmetric, its symmetric part is stored,
 * which measures the same. row: TINYRANK_DENSE_STRIDE(sizeof *row, n) elements; no aliasing. Errors:
 * DIMENSION; OPERATOR_DATA (null). */
int32_t tinyrank_dense_pack_row_f32(size_t n, const float* full, float* row);

/* Matrices whose rows, those of tinyrank_dense, are not in memory: read writes `count` rows, from row `first`
 * on and row_bytes apart, to `rows`, 64-byte aligned, and returns `rows`, or another place where they are,
 * aligned alike, which stays as it is until the next call with the same `rows`. NULL: they cannot be had; a
 * run then ends, as diverged or where it was. A pass asks for every row once; each thread for those of its
 * own part, in order. The bits are those of tinyrank_dense. read and context must outlive the run. */
typedef const void* (*tinyrank_read_rows)(void* context, size_t first, size_t count, size_t row_bytes,
                                          void* rows);
typedef struct tinyrank_streamed {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  tinyrank_read_rows read;
  void* context;
} tinyrank_streamed;
/* Rows that are asked for at a time, at most. */
#define TINYRANK_STREAMED_ROWS(size, n)             \
  (sizeof(size_t) == 4                        ? 1   \
   : 262144 / TINYRANK_PACKED_(size, n) < 4   ? 4   \
   : 262144 / TINYRANK_PACKED_(size, n) > 256 ? 256 \
                                              : 262144 / TINYRANK_PACKED_(size, n))
#define TINYRANK_STREAMED_BYTES(size, n, m, rank) \
  (TINYRANK_DENSE_BYTES(size, n, m, rank) + TINYRANK_PACKED_(size, n) * TINYRANK_STREAMED_ROWS(size, n))

/* Stored matrices in bf16, the upper halves of floats: two bytes for each packed entry. The operator is the
 * rounded matrices R_i; in measurements taken with the A_i themselves rounding acts as noise of at most 2^-8
 * <|A_i|, |Z|>, 0.0016 ||Z||_F in the usual case. Row i at rows + i * TINYRANK_DENSE_BF16_STRIDE(n), as
 * tinyrank_dense_bf16_pack_row_f32 writes it; 64-byte aligned, read only, must outlive the run. */
typedef struct tinyrank_dense_bf16 {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const uint16_t* rows;
} tinyrank_dense_bf16;
#define TINYRANK_DENSE_BF16_STRIDE(n) (TINYRANK_PACKED_(2, n) / 2)
#define TINYRANK_DENSE_BF16_BYTES(size, n, m, rank) \
  TINYRANK_PACKED_ROWS_BYTES_(size, n, m, rank, TINYRANK_DENSE_BF16_STRIDE(n))
/* Rounds one packed matrix, n(n+1)/2 entries as in a row of tinyrank_dense, to the nearest bf16, ties to
 * even. row: TINYRANK_DENSE_BF16_STRIDE(n) elements, in an order of the library's own; no aliasing. Errors:
 * DIMENSION; OPERATOR_DATA: null, or an entry is not finite or rounds beyond the largest bf16 (3.39e38); the
 * row was then written. */
int32_t tinyrank_dense_bf16_pack_row_f32(size_t n, const float* packed, uint16_t* row);

/* Stored matrices in bytes with one scale each, R_i = scales[i] Q_i: one byte for each packed entry. Rounding
 * acts as noise of at most scales[i]/2 sum_jk |Z_jk|. Row i at rows + i * TINYRANK_DENSE_INT8_STRIDE(n), as
 * tinyrank_dense_int8_pack_row_f32 writes it, 64-byte aligned; scales: measurement_count finite numbers,
 * float in either precision. Both are read only and must outlive the run. */
typedef float tinyrank_int8_scale;
typedef struct tinyrank_dense_int8 {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const int8_t* rows;
  const tinyrank_int8_scale* scales;
} tinyrank_dense_int8;
#define TINYRANK_DENSE_INT8_STRIDE(n) TINYRANK_PACKED_(1, n)
#define TINYRANK_DENSE_INT8_BYTES(size, n, m, rank) \
  TINYRANK_PACKED_ROWS_BYTES_(size, n, m, rank, TINYRANK_DENSE_INT8_STRIDE(n))
/* Rounds one packed matrix to scale times bytes -127..127, scale = max |A| / 127, at least 2^-126. row:
 * TINYRANK_DENSE_INT8_STRIDE(n) elements, in an order of the library's own; no aliasing. Errors: DIMENSION;
 * OPERATOR_DATA: null, or an entry is not finite, or the scale beyond the floats; row and scale, where not
 * null, were then written. */
int32_t tinyrank_dense_int8_pack_row_f32(size_t n, const float* packed, int8_t* row,
                                         tinyrank_int8_scale* scale);

/* Rows of a randomised Walsh-Hadamard transform of the packed matrix: O(n^2 r + n^2 log n) for all of them.
 * measurement_count: at most the power of two at or above n(n+1)/2. rows: which rows of the transform, or
 * null to have them drawn from the seed; must outlive the run. */
typedef struct tinyrank_hadamard {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  uint64_t seed;
  const uint32_t* rows;
} tinyrank_hadamard;
/* For n up to 361, hence at most 65536 slots. */
#define TINYRANK_SLOTS_(c) \
  ((c) <= 1       ? 1      \
   : (c) <= 4     ? 4      \
   : (c) <= 8     ? 8      \
   : (c) <= 16    ? 16     \
   : (c) <= 32    ? 32     \
   : (c) <= 64    ? 64     \
   : (c) <= 128   ? 128    \
   : (c) <= 256   ? 256    \
   : (c) <= 512   ? 512    \
   : (c) <= 1024  ? 1024   \
   : (c) <= 2048  ? 2048   \
   : (c) <= 4096  ? 4096   \
   : (c) <= 8192  ? 8192   \
   : (c) <= 16384 ? 16384  \
   : (c) <= 32768 ? 32768  \
                  : 65536)
#define TINYRANK_MOST_(a, b) ((a) > (b) ? (a) : (b))
#define TINYRANK_HADAMARD_BYTES(size, n, m, rank)                                      \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + TINYRANK_PACKED_(size, n) +              \
   TINYRANK_ROUND_((size_t)TINYRANK_SLOTS_((n) * ((n) + 1) / 2) * (size)) +            \
   TINYRANK_MOST_(TINYRANK_COLUMNS_(size, n, n),                                       \
                  ((size_t)(m) * (size) + TINYRANK_COLUMNS_(size, n, 1) - 1) /         \
                      TINYRANK_COLUMNS_(size, n, 1) * TINYRANK_COLUMNS_(size, n, 1)) + \
   TINYRANK_LOSSES_(size))

/* A_i = a_i a_i^T (TINYRANK_PLAIN), or a_2i a_2i^T - a_2i+1 a_2i+1^T (TINYRANK_DEBIASED), which is isotropic
 * up to a factor 4 (arXiv 1310.0807). The a_i are stored, each padded with zeros to a multiple of 64 bytes:
 * vectors is float or double as the function's name says, 64-byte aligned, read only, and must outlive the
 * run. */
enum { TINYRANK_PLAIN = 0, TINYRANK_DEBIASED = 1 };
typedef struct tinyrank_rank_one {
  uint32_t struct_size;
  int32_t form;
  size_t n;
  size_t measurement_count;
  const void* vectors;
} tinyrank_rank_one;
#define TINYRANK_RANK_ONE_BYTES(size, n, m, rank)                                      \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + TINYRANK_COLUMNS_(size, n, 5 * (rank)) + \
   TINYRANK_LOSSES_(size) + TINYRANK_ROUND_((((size_t)(rank) + 3) / 4) * 64 * (size)))

/* The same with standard normal a_i, drawn again at every use. */
typedef struct tinyrank_generated_rank_one {
  uint32_t struct_size;
  int32_t form;
  size_t n;
  size_t measurement_count;
  uint64_t seed;
} tinyrank_generated_rank_one;
#define TINYRANK_GENERATED_RANK_ONE_BYTES(size, n, m, rank) \
  (TINYRANK_RANK_ONE_BYTES(size, n, m, rank) + TINYRANK_COLUMNS_(size, n, 16))

/* Squared distances between points: y_i = ||U_first - U_second||^2; the columns of U are kept centred.
 * pairs: two different indices below n each; read only, must outlive the run. */
typedef struct tinyrank_index_pair {
  uint32_t first;
  uint32_t second;
} tinyrank_index_pair;
typedef struct tinyrank_distances {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const tinyrank_index_pair* pairs;
} tinyrank_distances;
#define TINYRANK_DISTANCES_BYTES(size, n, m, rank) TINYRANK_FEW_ENTRIES_BYTES_(size, n, m, rank)

/* Sampled entries (matrix completion): y_i = Z at (first, second); first may equal second. */
typedef struct tinyrank_entries {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const tinyrank_index_pair* pairs;
} tinyrank_entries;
#define TINYRANK_ENTRIES_BYTES(size, n, m, rank) TINYRANK_FEW_ENTRIES_BYTES_(size, n, m, rank)

/* Sparse symmetric matrices: A_i has the entries offsets[i] .. offsets[i + 1] - 1. One off the diagonal is
 * listed once, from either triangle, and stands for (row, column) and (column, row) alike; entries of one
 * place add up; an A_i may be empty. offsets: measurement_count + 1, from 0, never descending. entries:
 * tinyrank_sparse_entry_f32 or _f64 as the function's name says, row and column below n, finite values. Both
 * are read only and must outlive the run. */
typedef struct tinyrank_sparse_entry_f32 {
  uint32_t row;
  uint32_t column;
  float value;
} tinyrank_sparse_entry_f32;
typedef struct tinyrank_sparse {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t n;
  size_t measurement_count;
  const size_t* offsets;
  const void* entries;
} tinyrank_sparse;
#define TINYRANK_SPARSE_BYTES(size, n, m, rank) TINYRANK_FEW_ENTRIES_BYTES_(size, n, m, rank)

/* ---- Sensing operators of a matrix M = L R^T of any shape, rows x columns ----
 *
 * A run's factor has the rows + columns rows [L; R], and y_i = <B_i, M>. */

/* Sampled entries: y_i = M at (first, second), first below rows, second below columns. */
typedef struct tinyrank_rectangular_entries {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t rows;
  size_t columns;
  size_t measurement_count;
  const tinyrank_index_pair* pairs;
} tinyrank_rectangular_entries;
#define TINYRANK_RECTANGULAR_ENTRIES_BYTES(size, rows, columns, m, rank) \
  TINYRANK_FEW_ENTRIES_BYTES_(size, (rows) + (columns), m, rank)

/* Stored matrices B_i of any shape, row by row without padding between rows, B_i at i *
 * TINYRANK_RECTANGULAR_DENSE_STRIDE elements, padded with zeros. matrices: float or double as the function's
 * name says, 64-byte aligned, read only, must outlive the run. */
typedef struct tinyrank_rectangular_dense {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t rows;
  size_t columns;
  size_t measurement_count;
  const void* matrices;
} tinyrank_rectangular_dense;
#define TINYRANK_RECTANGULAR_DENSE_STRIDE(size, rows, columns) \
  (TINYRANK_ROUND_((size_t)(rows) * (columns) * (size)) / (size))
#define TINYRANK_RECTANGULAR_DENSE_BYTES(size, rows, columns, m, rank)   \
  (TINYRANK_SOLVER_BYTES_(size, (rows) + (columns), m, rank) +           \
   6 * TINYRANK_RECTANGULAR_DENSE_STRIDE(size, rows, columns) * (size) + \
   TINYRANK_COLUMNS_(size, rows, columns) + TINYRANK_LOSSES_(size))
/* Stores one matrix, rows x columns, row-major: a copy plus padding. row: TINYRANK_RECTANGULAR_DENSE_STRIDE(
 * sizeof *row, rows, columns) elements; no aliasing. Errors: DIMENSION; OPERATOR_DATA (null). */
int32_t tinyrank_rectangular_dense_pack_row_f32(size_t rows, size_t columns, const float* matrix, float* row);

/* y_i = b_i^T M c_i (blind deconvolution, bilinear regression). left: the b_i, of `rows` entries, right: the
 * c_i, of `columns`, each padded with zeros to a multiple of 64 bytes; float or double as the function's name
 * says, 64-byte aligned, read only, must outlive the run. */
typedef struct tinyrank_bilinear {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t rows;
  size_t columns;
  size_t measurement_count;
  const void* left;
  const void* right;
} tinyrank_bilinear;
#define TINYRANK_TWO_SIDES_(size, rows, columns, count) \
  (TINYRANK_COLUMNS_(size, rows, count) + TINYRANK_COLUMNS_(size, columns, count))
#define TINYRANK_BILINEAR_BYTES(size, rows, columns, m, rank)                      \
  (TINYRANK_SOLVER_BYTES_(size, (rows) + (columns), m, rank) +                     \
   TINYRANK_TWO_SIDES_(size, rows, columns, 6 * (rank)) + TINYRANK_LOSSES_(size) + \
   TINYRANK_ROUND_((((size_t)(rank) + 3) / 4) * 128 * (size)))

/* The same with standard normal b_i and c_i, drawn again at every use. */
typedef struct tinyrank_generated_bilinear {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t rows;
  size_t columns;
  size_t measurement_count;
  const void* reserved_pointer; /* null */
  uint64_t seed;
} tinyrank_generated_bilinear;
#define TINYRANK_GENERATED_BILINEAR_BYTES(size, rows, columns, m, rank) \
  (TINYRANK_BILINEAR_BYTES(size, rows, columns, m, rank) + TINYRANK_TWO_SIDES_(size, rows, columns, 16))

/* ---- Sensing operators of a complex matrix ----
 *
 * What is recovered is Z = W W^H, Hermitian, W = P + iQ of `dimension` rows, by a real factor [P; Q] of twice
 * as many: the n of a report, of what is read out, and of TINYRANK_..._BYTES. */

/* Pauli strings on up to 15 qubits: y_i = tr(P_i Z), Z of dimension 2^qubits. The letter of P_i at a qubit is
 * I, X, Z or Y where its bits of (x, z) are 00, 10, 01 or 11; bit 0 is the last letter of a label and the
 * least significant bit of a row's index, as numpy.kron orders them. Repetitions are allowed. strings: no bit
 * beyond the qubits; read only, must outlive the run. */
typedef struct tinyrank_pauli_string {
  uint32_t x;
  uint32_t z;
} tinyrank_pauli_string;
typedef struct tinyrank_pauli {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t qubits;
  size_t measurement_count;
  const tinyrank_pauli_string* strings;
} tinyrank_pauli;
#define TINYRANK_PAULI_BYTES(size, n, m, rank) TINYRANK_FEW_ENTRIES_BYTES_(size, n, m, rank)
/* The string of a label of `size` letters I, X, Y, Z. Errors: DIMENSION (no letter, or more than 15);
 * OPERATOR_DATA (null, or another letter). */
int32_t tinyrank_pauli_parse(const char* label, size_t size, tinyrank_pauli_string* string);

/* Any Hermitian matrices, stored: y_i = tr(H_i Z). Row i is H_i packed as dimension^2 real numbers, the real
 * part's lower triangle row by row, then that of the imaginary part below the diagonal, at i *
 * TINYRANK_HERMITIAN_DENSE_STRIDE elements, padded with zeros. rows: float or double as the function's name
 * says, 64-byte aligned, read only, must outlive the run. */
typedef struct tinyrank_hermitian_dense {
  uint32_t struct_size;
  int32_t reserved; /* 0 */
  size_t dimension;
  size_t measurement_count;
  const void* rows;
} tinyrank_hermitian_dense;
#define TINYRANK_HERMITIAN_DENSE_STRIDE(size, dimension) \
  (TINYRANK_ROUND_((size_t)(dimension) * (dimension) * (size)) / (size))
#define TINYRANK_HERMITIAN_DENSE_BYTES(size, n, m, rank) \
  TINYRANK_PACKED_ROWS_BYTES_(size, n, m, rank, TINYRANK_HERMITIAN_DENSE_STRIDE(size, (n) / 2))
/* Stores one matrix as a row. full: dimension x dimension, row-major, each entry its real part, then its
 * imaginary part; when it is not Hermitian, its Hermitian part is stored, which measures the real parts of
 * tr(H Z). row: TINYRANK_HERMITIAN_DENSE_STRIDE(sizeof *row, dimension) elements; no aliasing. Errors:
 * DIMENSION; OPERATOR_DATA (null). */
int32_t tinyrank_hermitian_dense_pack_row_f32(size_t dimension, const float* full, float* row);

/* Squared moduli: y_i = ||a_i^H W||^2, H_i = a_i a_i^H (TINYRANK_PLAIN), or the differences of two
 * (TINYRANK_DEBIASED). The a_i are stored, each its `dimension` real parts, then its imaginary ones, padded
 * with zeros to a multiple of 64 bytes: vectors is float or double as the function's name says, 64-byte
 * aligned, read only, and must outlive the run. */
typedef struct tinyrank_complex_rank_one {
  uint32_t struct_size;
  int32_t form;
  size_t dimension;
  size_t measurement_count;
  const void* vectors;
} tinyrank_complex_rank_one;
#define TINYRANK_COMPLEX_RANK_ONE_BYTES(size, n, m, rank)                               \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + TINYRANK_COLUMNS_(size, n, 12 * (rank)) + \
   TINYRANK_LOSSES_(size) + TINYRANK_ROUND_(((2 * (size_t)(rank) + 3) / 4) * 64 * (size)))

/* The same with complex standard normal a_i, both parts of variance 1/2, drawn again at every use. */
typedef struct tinyrank_generated_complex_rank_one {
  uint32_t struct_size;
  int32_t form;
  size_t dimension;
  size_t measurement_count;
  uint64_t seed;
} tinyrank_generated_complex_rank_one;
#define TINYRANK_GENERATED_COMPLEX_RANK_ONE_BYTES(size, n, m, rank) \
  (TINYRANK_COMPLEX_RANK_ONE_BYTES(size, n, m, rank) + TINYRANK_COLUMNS_(size, n, 16))

/* Coded diffraction patterns: y_{l N + k} = sum over the columns w of W of |(F D_l w)_k|^2, k < N, the
 * smallest power of two that is not below `dimension`; F a Fourier transform or a Walsh-Hadamard one, not
 * normalised, D_l diagonal with entries 1, i, -1, -i that are drawn from the seed. measurement_count: N for
 * each mask. */
enum { TINYRANK_FOURIER = 0, TINYRANK_WALSH_HADAMARD = 1 };
typedef struct tinyrank_coded_diffraction {
  uint32_t struct_size;
  int32_t transform;
  size_t dimension;
  size_t measurement_count;
  uint64_t seed;
} tinyrank_coded_diffraction;
#define TINYRANK_DIFFRACTION_LENGTH_(dimension) ((dimension) == 2 ? 2 : TINYRANK_SLOTS_(dimension))
/* Of the Walsh-Hadamard transform, then of the Fourier transform; dimension up to 65536. */
#define TINYRANK_CODED_DIFFRACTION_HADAMARD_BYTES(size, n, m, rank)                    \
  (TINYRANK_SOLVER_BYTES_(size, n, m, rank) + TINYRANK_COLUMNS_(size, n, 5 * (rank)) + \
   TINYRANK_LOSSES_(size) +                                                            \
   TINYRANK_COLUMNS_(size, TINYRANK_DIFFRACTION_LENGTH_((n) / 2), 2 * (size_t)(rank) + 1))
#define TINYRANK_CODED_DIFFRACTION_BYTES(size, n, m, rank)       \
  (TINYRANK_CODED_DIFFRACTION_HADAMARD_BYTES(size, n, m, rank) + \
   TINYRANK_COLUMNS_(size, TINYRANK_DIFFRACTION_LENGTH_((n) / 2), 2))

/* ---- Runs in single precision ---- */

/* A run, in the caller's memory. */
typedef struct tinyrank_run_f32 tinyrank_run_f32;

/* The loss after `iteration` updates, and the step size that led there. */
typedef struct tinyrank_trace_entry_f32 {
  uint32_t iteration;
  float loss;
  float step_size;
} tinyrank_trace_entry_f32;

/* A method of descent, below. A program links only those that it names. */
typedef struct tinyrank_method_f32 tinyrank_method_f32;

/* What a run is told. */
typedef struct tinyrank_options_f32 {
  uint32_t struct_size;
  int32_t instruction_set;  /* TINYRANK_AUTOMATIC */
  uint64_t seed;            /* of the random start and of the power iteration; default 1 */
  size_t rank;              /* columns of U, 1 or more, also above n; must be set */
  float step_size;          /* mu; 0: by the method, halved when a run starts to diverge */
  float initial_scale;      /* alpha; 0: a thousandth of the estimated ||X|| */
  float tolerance;          /* recovered once f <= max(tolerance, relative_tolerance f(0)); default 0 */
  float relative_tolerance; /* default 1e-6 */
  uint32_t plateau_window;  /* iterations; 0: never; default 250 */
  uint32_t iteration_limit; /* default 10000 */
  float plateau_tolerance;  /* default 1e-4 */
  uint32_t threads;         /* default 1; never changes the bits */
  uint32_t shards;          /* power of two in 1..4096, default 16; belongs to the bits, and to the memory */
  uint32_t history;         /* of quasi-Newton: p, 1 to 64; default 5 */
  const float* initial_factor;     /* n x rank row-major start, read by create only, not in memory; or null */
  tinyrank_trace_entry_f32* trace; /* entry t % trace_capacity is written after t updates; or null */
  size_t trace_capacity;
  const tinyrank_method_f32* method; /* null: gradient descent */
  const void* reserved_pointer;      /* null */
  float damping;       /* of scaled gradient descent: lambda; 0: damping_ratio sqrt(4 f / gamma); default 0 */
  float damping_ratio; /* default 0.5 */
  float momentum;      /* of that method: theta; default 0.9 */
  float quasi_newton_damping_ratio; /* c; default 0, without the preconditioner */
} tinyrank_options_f32;

/* Scaled gradient descent, which does not feel the condition number: U := U - mu grad f(U) (U^T U + lambda
 * Id)^-1 (arXiv 2302.01186, eq. (5)); step_size 0 is 1/(2 gamma). Further memory: that of rank^2 numbers, and
 * a line; and of measurement_count numbers where initial_scale or initial_factor is given but damping or
 * step_size is not. */
const tinyrank_method_f32* tinyrank_scaled_gradient_descent_f32(void);

/* Gradient descent with momentum (arXiv 1806.00534): U+ = Z - mu grad f(Z), Z+ = U+ + theta (U+ - U).
 * Further memory: that of U and a line. */
const tinyrank_method_f32* tinyrank_momentum_f32(void);

/* Quasi-Newton, L-BFGS of the last `history` steps: some 50 to 100 passes over the measurements where
 * gradient descent takes thousands, or, with the preconditioner of scaled gradient descent, lambda = c sqrt(4
 * f / gamma), 20 to 60. c = 0 is for a rank that may be too large, 0.25 for the rank itself. step_size 0 is
 * 1/(2 gamma), or for c = 0 that of gradient descent. A plateau_window of 20 and a plateau_tolerance of 1e-2
 * suit it. Further memory: that of 2 history U, 2 history numbers, for c > 0 rank^2, each in whole
 * lines, and a line; of one U more where step_size is given; and of measurement_count numbers where c > 0 and
 * initial_scale or initial_factor is given. */
const tinyrank_method_f32* tinyrank_quasi_newton_f32(void);

/* All defaults but rank, which is 0, in a struct of so many bytes, which may be of another version; sets
 * struct_size. Does nothing when options is null or struct_size that of no version. */
void tinyrank_default_options_sized_f32(tinyrank_options_f32* options, size_t struct_size);

/* The same for the struct of this header. */
static inline void tinyrank_default_options_f32(tinyrank_options_f32* options) {
  tinyrank_default_options_sized_f32(options, sizeof *options);
}

/* Exact bytes of memory for a run, or SIZE_MAX when they overflow size_t, or when a size, threads, shards or
 * struct is invalid (create says which). Depends on the sizes, the method, shards and threads, and on what is
 * automatic. Cost: O(1). */
/* begin bytes, written by packaging/c_header.py */
size_t tinyrank_gaussian_bytes_f32(const tinyrank_gaussian* sensing, const tinyrank_options_f32* options);
size_t tinyrank_rademacher_bytes_f32(const tinyrank_rademacher* sensing, const tinyrank_options_f32* options);
size_t tinyrank_dense_bytes_f32(const tinyrank_dense* sensing, const tinyrank_options_f32* options);
size_t tinyrank_streamed_bytes_f32(const tinyrank_streamed* sensing, const tinyrank_options_f32* options);
size_t tinyrank_dense_bf16_bytes_f32(const tinyrank_dense_bf16* sensing, const tinyrank_options_f32* options);
size_t tinyrank_dense_int8_bytes_f32(const tinyrank_dense_int8* sensing, const tinyrank_options_f32* options);
size_t tinyrank_hadamard_bytes_f32(const tinyrank_hadamard* sensing, const tinyrank_options_f32* options);
size_t tinyrank_rank_one_bytes_f32(const tinyrank_rank_one* sensing, const tinyrank_options_f32* options);
size_t tinyrank_generated_rank_one_bytes_f32(const tinyrank_generated_rank_one* sensing,
                                             const tinyrank_options_f32* options);
size_t tinyrank_distances_bytes_f32(const tinyrank_distances* sensing, const tinyrank_options_f32* options);
size_t tinyrank_entries_bytes_f32(const tinyrank_entries* sensing, const tinyrank_options_f32* options);
size_t tinyrank_sparse_bytes_f32(const tinyrank_sparse* sensing, const tinyrank_options_f32* options);
size_t tinyrank_rectangular_entries_bytes_f32(const tinyrank_rectangular_entries* sensing,
                                              const tinyrank_options_f32* options);
size_t tinyrank_rectangular_dense_bytes_f32(const tinyrank_rectangular_dense* sensing,
                                            const tinyrank_options_f32* options);
size_t tinyrank_bilinear_bytes_f32(const tinyrank_bilinear* sensing, const tinyrank_options_f32* options);
size_t tinyrank_generated_bilinear_bytes_f32(const tinyrank_generated_bilinear* sensing,
                                             const tinyrank_options_f32* options);
size_t tinyrank_pauli_bytes_f32(const tinyrank_pauli* sensing, const tinyrank_options_f32* options);
size_t tinyrank_hermitian_dense_bytes_f32(const tinyrank_hermitian_dense* sensing,
                                          const tinyrank_options_f32* options);
size_t tinyrank_complex_rank_one_bytes_f32(const tinyrank_complex_rank_one* sensing,
                                           const tinyrank_options_f32* options);
size_t tinyrank_generated_complex_rank_one_bytes_f32(const tinyrank_generated_complex_rank_one* sensing,
                                                     const tinyrank_options_f32* options);
size_t tinyrank_coded_diffraction_bytes_f32(const tinyrank_coded_diffraction* sensing,
                                            const tinyrank_options_f32* options);
/* end */

/* Makes a run in the caller's memory: checks every argument, draws the start, chooses step size and scale,
 * and evaluates the loss and its gradient. sensing and options are copied; y (measurement_count values), the
 * data that they point to and the memory must outlive the run. memory: 64-byte aligned, bytes >=
 * tinyrank_..._bytes_f32(...); no call frees it. On any status but TINYRANK_OK neither *run nor the memory
 * was written, with one exception: when only the power iteration finds that y gives no scale
 * (TINYRANK_STATUS_MEASUREMENTS), it has used the memory. Cost: one gradient, plus up to 20 adjoints for an
 * automatic step size or scale. */
/* begin create, written by packaging/c_header.py */
int32_t tinyrank_gaussian_create_f32(tinyrank_run_f32** run, const tinyrank_gaussian* sensing, const float* y,
                                     const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_rademacher_create_f32(tinyrank_run_f32** run, const tinyrank_rademacher* sensing,
                                       const float* y, const tinyrank_options_f32* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_dense_create_f32(tinyrank_run_f32** run, const tinyrank_dense* sensing, const float* y,
                                  const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_streamed_create_f32(tinyrank_run_f32** run, const tinyrank_streamed* sensing, const float* y,
                                     const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_create_f32(tinyrank_run_f32** run, const tinyrank_dense_bf16* sensing,
                                       const float* y, const tinyrank_options_f32* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_dense_int8_create_f32(tinyrank_run_f32** run, const tinyrank_dense_int8* sensing,
                                       const float* y, const tinyrank_options_f32* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_hadamard_create_f32(tinyrank_run_f32** run, const tinyrank_hadamard* sensing, const float* y,
                                     const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_rank_one_create_f32(tinyrank_run_f32** run, const tinyrank_rank_one* sensing, const float* y,
                                     const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_create_f32(tinyrank_run_f32** run,
                                               const tinyrank_generated_rank_one* sensing, const float* y,
                                               const tinyrank_options_f32* options, void* memory,
                                               size_t bytes);
int32_t tinyrank_distances_create_f32(tinyrank_run_f32** run, const tinyrank_distances* sensing,
                                      const float* y, const tinyrank_options_f32* options, void* memory,
                                      size_t bytes);
int32_t tinyrank_entries_create_f32(tinyrank_run_f32** run, const tinyrank_entries* sensing, const float* y,
                                    const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_sparse_create_f32(tinyrank_run_f32** run, const tinyrank_sparse* sensing, const float* y,
                                   const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_create_f32(tinyrank_run_f32** run,
                                                const tinyrank_rectangular_entries* sensing, const float* y,
                                                const tinyrank_options_f32* options, void* memory,
                                                size_t bytes);
int32_t tinyrank_rectangular_dense_create_f32(tinyrank_run_f32** run,
                                              const tinyrank_rectangular_dense* sensing, const float* y,
                                              const tinyrank_options_f32* options, void* memory,
                                              size_t bytes);
int32_t tinyrank_bilinear_create_f32(tinyrank_run_f32** run, const tinyrank_bilinear* sensing, const float* y,
                                     const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_create_f32(tinyrank_run_f32** run,
                                               const tinyrank_generated_bilinear* sensing, const float* y,
                                               const tinyrank_options_f32* options, void* memory,
                                               size_t bytes);
int32_t tinyrank_pauli_create_f32(tinyrank_run_f32** run, const tinyrank_pauli* sensing, const float* y,
                                  const tinyrank_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_create_f32(tinyrank_run_f32** run, const tinyrank_hermitian_dense* sensing,
                                            const float* y, const tinyrank_options_f32* options, void* memory,
                                            size_t bytes);
int32_t tinyrank_complex_rank_one_create_f32(tinyrank_run_f32** run, const tinyrank_complex_rank_one* sensing,
                                             const float* y, const tinyrank_options_f32* options,
                                             void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_create_f32(tinyrank_run_f32** run,
                                                       const tinyrank_generated_complex_rank_one* sensing,
                                                       const float* y, const tinyrank_options_f32* options,
                                                       void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_create_f32(tinyrank_run_f32** run,
                                              const tinyrank_coded_diffraction* sensing, const float* y,
                                              const tinyrank_options_f32* options, void* memory,
                                              size_t bytes);
/* end */

/* One iteration: the method's next U, then f and its gradient there: bounded work, one gradient, or two when
 * a step is taken back, which needs an automatic step size. Returns the outcome; once the run has ended, does
 * nothing else. run must be a run. */
int32_t tinyrank_step_f32(tinyrank_run_f32* run);

/* Steps until the run ends: at most iteration_limit updates. Returns the outcome. */
int32_t tinyrank_run_to_end_f32(tinyrank_run_f32* run);

/* Ends a run that has not ended, as TINYRANK_STOPPED; its factor, loss and gradient stay. Returns the
 * outcome. run must be a run. */
int32_t tinyrank_stop_f32(tinyrank_run_f32* run);

/* How a run stands. */
typedef struct tinyrank_report_f32 {
  uint32_t struct_size;
  int32_t outcome;
  uint32_t iterations;      /* updates made */
  uint32_t step_reductions; /* how often an automatic step size was halved, or a trial taken back */
  float loss;               /* f(U) = 1/(4m) sum_i (<A_i, U U^T> - y_i)^2 */
  float zero_loss;          /* f(0), the yardstick of relative_tolerance */
  float step_size;          /* mu in use */
  float initial_scale;      /* alpha in use; 0 with an initial_factor */
  size_t n;
  size_t rank;
  size_t memory_bytes;     /* in use, all of them */
  int32_t instruction_set; /* the kernels in use */
  int32_t reserved;        /* 0 */
} tinyrank_report_f32;

/* How the run stands. report->struct_size must be set; so many bytes are written: of an older, shorter struct
 * those that it has, of a newer, longer one zeros where this library knows no field. Errors: RUN_NULL,
 * OUTPUT_NULL, OUTPUT_SIZE. */
int32_t tinyrank_get_report_f32(const tinyrank_run_f32* run, tinyrank_report_f32* report);

/* One entry of U, or of the estimate Z = U U^T. Errors: RUN_NULL, OUTPUT_NULL, INDEX. Cost: O(1), O(rank). */
int32_t tinyrank_factor_entry_f32(const tinyrank_run_f32* run, size_t row, size_t column, float* value);
int32_t tinyrank_estimate_entry_f32(const tinyrank_run_f32* run, size_t row, size_t column, float* value);

/* All of U, row-major. factor: count >= n rank values. Errors: RUN_NULL, OUTPUT_NULL, OUTPUT_SIZE. Cost: O(n
 * rank). */
int32_t tinyrank_copy_factor_f32(const tinyrank_run_f32* run, float* factor, size_t count);

/* 64-bit FNV-1a hash of U, row by row: the fingerprint of a run. 0 when run is null. Cost: O(n rank). */
uint64_t tinyrank_factor_bits_f32(const tinyrank_run_f32* run);

/* ---- What an operator measures, without a run, in single precision ---- */

/* Exact bytes of memory for tinyrank_..._measure_f32 of a factor of so many columns; those of rank 1 are
 * enough for tinyrank_..._matrix_entry_f32, and those of any run with default options and as many columns for
 * either. SIZE_MAX when they overflow size_t, or when the struct or a size is invalid. Cost: O(1). */
/* begin measure_bytes, written by packaging/c_header.py */
size_t tinyrank_gaussian_measure_bytes_f32(const tinyrank_gaussian* sensing, size_t rank);
size_t tinyrank_rademacher_measure_bytes_f32(const tinyrank_rademacher* sensing, size_t rank);
size_t tinyrank_dense_measure_bytes_f32(const tinyrank_dense* sensing, size_t rank);
size_t tinyrank_streamed_measure_bytes_f32(const tinyrank_streamed* sensing, size_t rank);
size_t tinyrank_dense_bf16_measure_bytes_f32(const tinyrank_dense_bf16* sensing, size_t rank);
size_t tinyrank_dense_int8_measure_bytes_f32(const tinyrank_dense_int8* sensing, size_t rank);
size_t tinyrank_hadamard_measure_bytes_f32(const tinyrank_hadamard* sensing, size_t rank);
size_t tinyrank_rank_one_measure_bytes_f32(const tinyrank_rank_one* sensing, size_t rank);
size_t tinyrank_generated_rank_one_measure_bytes_f32(const tinyrank_generated_rank_one* sensing, size_t rank);
size_t tinyrank_distances_measure_bytes_f32(const tinyrank_distances* sensing, size_t rank);
size_t tinyrank_entries_measure_bytes_f32(const tinyrank_entries* sensing, size_t rank);
size_t tinyrank_sparse_measure_bytes_f32(const tinyrank_sparse* sensing, size_t rank);
size_t tinyrank_rectangular_entries_measure_bytes_f32(const tinyrank_rectangular_entries* sensing,
                                                      size_t rank);
size_t tinyrank_rectangular_dense_measure_bytes_f32(const tinyrank_rectangular_dense* sensing, size_t rank);
size_t tinyrank_bilinear_measure_bytes_f32(const tinyrank_bilinear* sensing, size_t rank);
size_t tinyrank_generated_bilinear_measure_bytes_f32(const tinyrank_generated_bilinear* sensing, size_t rank);
size_t tinyrank_pauli_measure_bytes_f32(const tinyrank_pauli* sensing, size_t rank);
size_t tinyrank_hermitian_dense_measure_bytes_f32(const tinyrank_hermitian_dense* sensing, size_t rank);
size_t tinyrank_complex_rank_one_measure_bytes_f32(const tinyrank_complex_rank_one* sensing, size_t rank);
size_t tinyrank_generated_complex_rank_one_measure_bytes_f32(
    const tinyrank_generated_complex_rank_one* sensing, size_t rank);
size_t tinyrank_coded_diffraction_measure_bytes_f32(const tinyrank_coded_diffraction* sensing, size_t rank);
/* end */

/* y_i = <A_i, U U^T>, for all i < measurement_count, as a run will compare them: to measure a known truth.
 * factor: U, n x rank, row-major; of a rectangular matrix L R^T the rows of L and then those of R, of a
 * complex W W^H the real part of W and then the imaginary one. y: measurement_count values. memory: 64-byte
 * aligned, contents lost; neither y nor factor may lie in it. Errors: those of create for the operator, RANK,
 * FACTOR, OUTPUT_NULL, MEMORY_...; y was not written then. Cost: that of half a gradient. */
/* begin measure, written by packaging/c_header.py */
int32_t tinyrank_gaussian_measure_f32(const tinyrank_gaussian* sensing, const float* factor, size_t rank,
                                      float* y, void* memory, size_t bytes);
int32_t tinyrank_rademacher_measure_f32(const tinyrank_rademacher* sensing, const float* factor, size_t rank,
                                        float* y, void* memory, size_t bytes);
int32_t tinyrank_dense_measure_f32(const tinyrank_dense* sensing, const float* factor, size_t rank, float* y,
                                   void* memory, size_t bytes);
int32_t tinyrank_streamed_measure_f32(const tinyrank_streamed* sensing, const float* factor, size_t rank,
                                      float* y, void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_measure_f32(const tinyrank_dense_bf16* sensing, const float* factor, size_t rank,
                                        float* y, void* memory, size_t bytes);
int32_t tinyrank_dense_int8_measure_f32(const tinyrank_dense_int8* sensing, const float* factor, size_t rank,
                                        float* y, void* memory, size_t bytes);
int32_t tinyrank_hadamard_measure_f32(const tinyrank_hadamard* sensing, const float* factor, size_t rank,
                                      float* y, void* memory, size_t bytes);
int32_t tinyrank_rank_one_measure_f32(const tinyrank_rank_one* sensing, const float* factor, size_t rank,
                                      float* y, void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_measure_f32(const tinyrank_generated_rank_one* sensing,
                                                const float* factor, size_t rank, float* y, void* memory,
                                                size_t bytes);
int32_t tinyrank_distances_measure_f32(const tinyrank_distances* sensing, const float* factor, size_t rank,
                                       float* y, void* memory, size_t bytes);
int32_t tinyrank_entries_measure_f32(const tinyrank_entries* sensing, const float* factor, size_t rank,
                                     float* y, void* memory, size_t bytes);
int32_t tinyrank_sparse_measure_f32(const tinyrank_sparse* sensing, const float* factor, size_t rank,
                                    float* y, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_measure_f32(const tinyrank_rectangular_entries* sensing,
                                                 const float* factor, size_t rank, float* y, void* memory,
                                                 size_t bytes);
int32_t tinyrank_rectangular_dense_measure_f32(const tinyrank_rectangular_dense* sensing, const float* factor,
                                               size_t rank, float* y, void* memory, size_t bytes);
int32_t tinyrank_bilinear_measure_f32(const tinyrank_bilinear* sensing, const float* factor, size_t rank,
                                      float* y, void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_measure_f32(const tinyrank_generated_bilinear* sensing,
                                                const float* factor, size_t rank, float* y, void* memory,
                                                size_t bytes);
int32_t tinyrank_pauli_measure_f32(const tinyrank_pauli* sensing, const float* factor, size_t rank, float* y,
                                   void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_measure_f32(const tinyrank_hermitian_dense* sensing, const float* factor,
                                             size_t rank, float* y, void* memory, size_t bytes);
int32_t tinyrank_complex_rank_one_measure_f32(const tinyrank_complex_rank_one* sensing, const float* factor,
                                              size_t rank, float* y, void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_measure_f32(const tinyrank_generated_complex_rank_one* sensing,
                                                        const float* factor, size_t rank, float* y,
                                                        void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_measure_f32(const tinyrank_coded_diffraction* sensing, const float* factor,
                                               size_t rank, float* y, void* memory, size_t bytes);
/* end */

/* One entry of A_i, i = measurement, of its n x n matrix: read off A^*(e_i) e_column, so that it is what runs
 * use, drawn, rounded or stored. Errors: as above, and INDEX. Cost: that of half a gradient: to look at an
 * operator, not to copy it. */
/* begin matrix_entry, written by packaging/c_header.py */
int32_t tinyrank_gaussian_matrix_entry_f32(const tinyrank_gaussian* sensing, size_t measurement, size_t row,
                                           size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_rademacher_matrix_entry_f32(const tinyrank_rademacher* sensing, size_t measurement,
                                             size_t row, size_t column, float* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_dense_matrix_entry_f32(const tinyrank_dense* sensing, size_t measurement, size_t row,
                                        size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_streamed_matrix_entry_f32(const tinyrank_streamed* sensing, size_t measurement, size_t row,
                                           size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_matrix_entry_f32(const tinyrank_dense_bf16* sensing, size_t measurement,
                                             size_t row, size_t column, float* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_dense_int8_matrix_entry_f32(const tinyrank_dense_int8* sensing, size_t measurement,
                                             size_t row, size_t column, float* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_hadamard_matrix_entry_f32(const tinyrank_hadamard* sensing, size_t measurement, size_t row,
                                           size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_rank_one_matrix_entry_f32(const tinyrank_rank_one* sensing, size_t measurement, size_t row,
                                           size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_matrix_entry_f32(const tinyrank_generated_rank_one* sensing,
                                                     size_t measurement, size_t row, size_t column,
                                                     float* value, void* memory, size_t bytes);
int32_t tinyrank_distances_matrix_entry_f32(const tinyrank_distances* sensing, size_t measurement, size_t row,
                                            size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_entries_matrix_entry_f32(const tinyrank_entries* sensing, size_t measurement, size_t row,
                                          size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_sparse_matrix_entry_f32(const tinyrank_sparse* sensing, size_t measurement, size_t row,
                                         size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_matrix_entry_f32(const tinyrank_rectangular_entries* sensing,
                                                      size_t measurement, size_t row, size_t column,
                                                      float* value, void* memory, size_t bytes);
int32_t tinyrank_rectangular_dense_matrix_entry_f32(const tinyrank_rectangular_dense* sensing,
                                                    size_t measurement, size_t row, size_t column,
                                                    float* value, void* memory, size_t bytes);
int32_t tinyrank_bilinear_matrix_entry_f32(const tinyrank_bilinear* sensing, size_t measurement, size_t row,
                                           size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_matrix_entry_f32(const tinyrank_generated_bilinear* sensing,
                                                     size_t measurement, size_t row, size_t column,
                                                     float* value, void* memory, size_t bytes);
int32_t tinyrank_pauli_matrix_entry_f32(const tinyrank_pauli* sensing, size_t measurement, size_t row,
                                        size_t column, float* value, void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_matrix_entry_f32(const tinyrank_hermitian_dense* sensing, size_t measurement,
                                                  size_t row, size_t column, float* value, void* memory,
                                                  size_t bytes);
int32_t tinyrank_complex_rank_one_matrix_entry_f32(const tinyrank_complex_rank_one* sensing,
                                                   size_t measurement, size_t row, size_t column,
                                                   float* value, void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_matrix_entry_f32(
    const tinyrank_generated_complex_rank_one* sensing, size_t measurement, size_t row, size_t column,
    float* value, void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_matrix_entry_f32(const tinyrank_coded_diffraction* sensing,
                                                    size_t measurement, size_t row, size_t column,
                                                    float* value, void* memory, size_t bytes);
/* end */

/* ---- The staircase: runs that are told nothing, in single precision ----
 *
 * It finds the rank: appends columns by the spectrum of the residual matrix, descends by quasi-Newton steps,
 * until the loss is at the tolerance or more columns do not pay, and then asks what the measurements say of
 * the answer. include/tinyrank/staircase.hpp has the equations. */

/* A staircase, in the caller's memory. */
typedef struct tinyrank_staircase_f32 tinyrank_staircase_f32;

/* One for each factor with a loss of its own: the pass that found it, its columns, its loss. */
typedef struct tinyrank_staircase_entry_f32 {
  uint32_t pass;
  uint32_t rank;
  float loss;
} tinyrank_staircase_entry_f32;

/* What a staircase is told. */
typedef struct tinyrank_staircase_options_f32 {
  uint32_t struct_size;
  int32_t instruction_set; /* TINYRANK_AUTOMATIC */
  uint64_t seed;           /* default 1 */
  size_t rank_limit;       /* most columns that U may take; memory grows with it; 0: min(n, 16) */
  size_t probes;           /* columns of a look at the residual matrix; 0: n if it is formed anyway, else 8 */
  float tolerance;         /* recovered once f <= max(tolerance, relative_tolerance f(0)); default 0 */
  float relative_tolerance; /* default 1e-10, in double 1e-12 */
  uint32_t pass_limit;      /* default 2000 */
  uint32_t history;         /* pairs of the quasi-Newton method, 1 to 64; default 5 */
  uint32_t threads;         /* default 1; never changes the bits */
  uint32_t shards;          /* power of two in 1..4096, default 16; belongs to the bits, and to the memory */
  tinyrank_staircase_entry_f32* trace; /* its t-th entry at t % trace_capacity; or null */
  size_t trace_capacity;
  size_t spent;                 /* unknowns fitted to y before, and taken off it, such as means; default 0 */
  const void* reserved_pointer; /* null */
} tinyrank_staircase_options_f32;

/* All defaults, in a struct of so many bytes, as tinyrank_default_options_sized_f32. */
void tinyrank_default_staircase_options_sized_f32(tinyrank_staircase_options_f32* options,
                                                  size_t struct_size);
static inline void tinyrank_default_staircase_options_f32(tinyrank_staircase_options_f32* options) {
  tinyrank_default_staircase_options_sized_f32(options, sizeof *options);
}

/* Exact bytes of memory, or SIZE_MAX, as tinyrank_..._bytes_f32. */
/* begin staircase_bytes, written by packaging/c_header.py */
size_t tinyrank_gaussian_staircase_bytes_f32(const tinyrank_gaussian* sensing,
                                             const tinyrank_staircase_options_f32* options);
size_t tinyrank_rademacher_staircase_bytes_f32(const tinyrank_rademacher* sensing,
                                               const tinyrank_staircase_options_f32* options);
size_t tinyrank_dense_staircase_bytes_f32(const tinyrank_dense* sensing,
                                          const tinyrank_staircase_options_f32* options);
size_t tinyrank_streamed_staircase_bytes_f32(const tinyrank_streamed* sensing,
                                             const tinyrank_staircase_options_f32* options);
size_t tinyrank_dense_bf16_staircase_bytes_f32(const tinyrank_dense_bf16* sensing,
                                               const tinyrank_staircase_options_f32* options);
size_t tinyrank_dense_int8_staircase_bytes_f32(const tinyrank_dense_int8* sensing,
                                               const tinyrank_staircase_options_f32* options);
size_t tinyrank_hadamard_staircase_bytes_f32(const tinyrank_hadamard* sensing,
                                             const tinyrank_staircase_options_f32* options);
size_t tinyrank_rank_one_staircase_bytes_f32(const tinyrank_rank_one* sensing,
                                             const tinyrank_staircase_options_f32* options);
size_t tinyrank_generated_rank_one_staircase_bytes_f32(const tinyrank_generated_rank_one* sensing,
                                                       const tinyrank_staircase_options_f32* options);
size_t tinyrank_distances_staircase_bytes_f32(const tinyrank_distances* sensing,
                                              const tinyrank_staircase_options_f32* options);
size_t tinyrank_entries_staircase_bytes_f32(const tinyrank_entries* sensing,
                                            const tinyrank_staircase_options_f32* options);
size_t tinyrank_sparse_staircase_bytes_f32(const tinyrank_sparse* sensing,
                                           const tinyrank_staircase_options_f32* options);
size_t tinyrank_rectangular_entries_staircase_bytes_f32(const tinyrank_rectangular_entries* sensing,
                                                        const tinyrank_staircase_options_f32* options);
size_t tinyrank_rectangular_dense_staircase_bytes_f32(const tinyrank_rectangular_dense* sensing,
                                                      const tinyrank_staircase_options_f32* options);
size_t tinyrank_bilinear_staircase_bytes_f32(const tinyrank_bilinear* sensing,
                                             const tinyrank_staircase_options_f32* options);
size_t tinyrank_generated_bilinear_staircase_bytes_f32(const tinyrank_generated_bilinear* sensing,
                                                       const tinyrank_staircase_options_f32* options);
size_t tinyrank_pauli_staircase_bytes_f32(const tinyrank_pauli* sensing,
                                          const tinyrank_staircase_options_f32* options);
size_t tinyrank_hermitian_dense_staircase_bytes_f32(const tinyrank_hermitian_dense* sensing,
                                                    const tinyrank_staircase_options_f32* options);
size_t tinyrank_complex_rank_one_staircase_bytes_f32(const tinyrank_complex_rank_one* sensing,
                                                     const tinyrank_staircase_options_f32* options);
size_t tinyrank_generated_complex_rank_one_staircase_bytes_f32(
    const tinyrank_generated_complex_rank_one* sensing, const tinyrank_staircase_options_f32* options);
size_t tinyrank_coded_diffraction_staircase_bytes_f32(const tinyrank_coded_diffraction* sensing,
                                                      const tinyrank_staircase_options_f32* options);
/* end */

/* Makes a staircase in the caller's memory, as tinyrank_..._create_f32 does; no pass yet. On any status but
 * TINYRANK_OK neither *run nor the memory was written. */
/* begin staircase_create, written by packaging/c_header.py */
int32_t tinyrank_gaussian_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_gaussian* sensing,
                                               const float* y, const tinyrank_staircase_options_f32* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_rademacher_staircase_create_f32(tinyrank_staircase_f32** run,
                                                 const tinyrank_rademacher* sensing, const float* y,
                                                 const tinyrank_staircase_options_f32* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_dense_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_dense* sensing,
                                            const float* y, const tinyrank_staircase_options_f32* options,
                                            void* memory, size_t bytes);
int32_t tinyrank_streamed_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_streamed* sensing,
                                               const float* y, const tinyrank_staircase_options_f32* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_staircase_create_f32(tinyrank_staircase_f32** run,
                                                 const tinyrank_dense_bf16* sensing, const float* y,
                                                 const tinyrank_staircase_options_f32* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_dense_int8_staircase_create_f32(tinyrank_staircase_f32** run,
                                                 const tinyrank_dense_int8* sensing, const float* y,
                                                 const tinyrank_staircase_options_f32* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_hadamard_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_hadamard* sensing,
                                               const float* y, const tinyrank_staircase_options_f32* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_rank_one_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_rank_one* sensing,
                                               const float* y, const tinyrank_staircase_options_f32* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_staircase_create_f32(tinyrank_staircase_f32** run,
                                                         const tinyrank_generated_rank_one* sensing,
                                                         const float* y,
                                                         const tinyrank_staircase_options_f32* options,
                                                         void* memory, size_t bytes);
int32_t tinyrank_distances_staircase_create_f32(tinyrank_staircase_f32** run,
                                                const tinyrank_distances* sensing, const float* y,
                                                const tinyrank_staircase_options_f32* options, void* memory,
                                                size_t bytes);
int32_t tinyrank_entries_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_entries* sensing,
                                              const float* y, const tinyrank_staircase_options_f32* options,
                                              void* memory, size_t bytes);
int32_t tinyrank_sparse_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_sparse* sensing,
                                             const float* y, const tinyrank_staircase_options_f32* options,
                                             void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_staircase_create_f32(tinyrank_staircase_f32** run,
                                                          const tinyrank_rectangular_entries* sensing,
                                                          const float* y,
                                                          const tinyrank_staircase_options_f32* options,
                                                          void* memory, size_t bytes);
int32_t tinyrank_rectangular_dense_staircase_create_f32(tinyrank_staircase_f32** run,
                                                        const tinyrank_rectangular_dense* sensing,
                                                        const float* y,
                                                        const tinyrank_staircase_options_f32* options,
                                                        void* memory, size_t bytes);
int32_t tinyrank_bilinear_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_bilinear* sensing,
                                               const float* y, const tinyrank_staircase_options_f32* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_staircase_create_f32(tinyrank_staircase_f32** run,
                                                         const tinyrank_generated_bilinear* sensing,
                                                         const float* y,
                                                         const tinyrank_staircase_options_f32* options,
                                                         void* memory, size_t bytes);
int32_t tinyrank_pauli_staircase_create_f32(tinyrank_staircase_f32** run, const tinyrank_pauli* sensing,
                                            const float* y, const tinyrank_staircase_options_f32* options,
                                            void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_staircase_create_f32(tinyrank_staircase_f32** run,
                                                      const tinyrank_hermitian_dense* sensing, const float* y,
                                                      const tinyrank_staircase_options_f32* options,
                                                      void* memory, size_t bytes);
int32_t tinyrank_complex_rank_one_staircase_create_f32(tinyrank_staircase_f32** run,
                                                       const tinyrank_complex_rank_one* sensing,
                                                       const float* y,
                                                       const tinyrank_staircase_options_f32* options,
                                                       void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_staircase_create_f32(
    tinyrank_staircase_f32** run, const tinyrank_generated_complex_rank_one* sensing, const float* y,
    const tinyrank_staircase_options_f32* options, void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_staircase_create_f32(tinyrank_staircase_f32** run,
                                                        const tinyrank_coded_diffraction* sensing,
                                                        const float* y,
                                                        const tinyrank_staircase_options_f32* options,
                                                        void* memory, size_t bytes);
/* end */

/* One pass: one call of an operator's verb, which goes through all A_i, and O(n (rank_limit + probes)^2)
 * besides. Returns the outcome; once the run has ended, does nothing else. TINYRANK_PLATEAU is the best fit.
 * run must be a run, here and in the next two. */
int32_t tinyrank_staircase_step_f32(tinyrank_staircase_f32* run);

/* Steps until the run ends: at most pass_limit passes. Returns the outcome. */
int32_t tinyrank_staircase_run_to_end_f32(tinyrank_staircase_f32* run);

/* Ends a run that has not ended, as TINYRANK_STOPPED; its factor and loss stay. Returns the outcome. */
int32_t tinyrank_staircase_stop_f32(tinyrank_staircase_f32* run);

/* How a staircase stands. */
typedef struct tinyrank_staircase_report_f32 {
  uint32_t struct_size;
  int32_t outcome;
  int32_t verdict;     /* TINYRANK_VERDICT_... */
  uint32_t rank_found; /* columns of U */
  uint32_t passes;
  uint32_t entries;     /* lines of the trace so far */
  float loss;           /* f(U) */
  float zero_loss;      /* f(0) */
  float noise_estimate; /* with a verdict, as the rest: standard deviation of the noise, if it is noise */
  float smallest_eigenvalue;     /* of G = 1/m sum_i e_i A_i, from above */
  float certificate_gap;         /* no Z of trace <= tr(U U^T) has a loss that is smaller by more than this */
  float condition;               /* of the linearised map at U: its largest over its least singular value */
  float smallest_singular_value; /* noise_estimate over it is what the answer is uncertain by along freedom */
  float reserved_number;         /* 0 */
  uint64_t unknowns;             /* directions in which U U^T can move within its rank */
  size_t n;
  size_t memory_bytes;     /* in use, all of them */
  int32_t instruction_set; /* the kernels in use */
  int32_t reserved;        /* 0 */
} tinyrank_staircase_report_f32;

/* As tinyrank_get_report_f32. */
int32_t tinyrank_staircase_get_report_f32(const tinyrank_staircase_f32* run,
                                          tinyrank_staircase_report_f32* report);

/* As the functions of a run; U has rank_found columns, which is 0 at first. */
int32_t tinyrank_staircase_factor_entry_f32(const tinyrank_staircase_f32* run, size_t row, size_t column,
                                            float* value);
int32_t tinyrank_staircase_estimate_entry_f32(const tinyrank_staircase_f32* run, size_t row, size_t column,
                                              float* value);
int32_t tinyrank_staircase_copy_factor_f32(const tinyrank_staircase_f32* run, float* factor, size_t count);
uint64_t tinyrank_staircase_factor_bits_f32(const tinyrank_staircase_f32* run);

/* With a verdict, Q and D, n x rank_found, row-major: along Q D^T + D Q^T, ||D||_F = 1, the measurements
 * hardly change (not determined), or change least as far as was found. Errors: RUN_NULL, OUTPUT_NULL,
 * NO_VERDICT, OUTPUT_SIZE. */
int32_t tinyrank_staircase_copy_directions_f32(const tinyrank_staircase_f32* run, float* directions,
                                               size_t count);
int32_t tinyrank_staircase_copy_freedom_f32(const tinyrank_staircase_f32* run, float* freedom, size_t count);

/* ---- The same in double precision ---- */

/* begin f64, written by packaging/c_header.py */
int32_t tinyrank_dense_pack_row_f64(size_t n, const double* full, double* row);
int32_t tinyrank_dense_bf16_pack_row_f64(size_t n, const double* packed, uint16_t* row);
int32_t tinyrank_dense_int8_pack_row_f64(size_t n, const double* packed, int8_t* row,
                                         tinyrank_int8_scale* scale);
typedef struct tinyrank_sparse_entry_f64 {
  uint32_t row;
  uint32_t column;
  double value;
} tinyrank_sparse_entry_f64;
int32_t tinyrank_rectangular_dense_pack_row_f64(size_t rows, size_t columns, const double* matrix,
                                                double* row);
int32_t tinyrank_hermitian_dense_pack_row_f64(size_t dimension, const double* full, double* row);
typedef struct tinyrank_run_f64 tinyrank_run_f64;
typedef struct tinyrank_trace_entry_f64 {
  uint32_t iteration;
  double loss;
  double step_size;
} tinyrank_trace_entry_f64;
typedef struct tinyrank_method_f64 tinyrank_method_f64;
typedef struct tinyrank_options_f64 {
  uint32_t struct_size;
  int32_t instruction_set;
  uint64_t seed;
  size_t rank;
  double step_size;
  double initial_scale;
  double tolerance;
  double relative_tolerance;
  uint32_t plateau_window;
  uint32_t iteration_limit;
  double plateau_tolerance;
  uint32_t threads;
  uint32_t shards;
  uint32_t history;
  const double* initial_factor;
  tinyrank_trace_entry_f64* trace;
  size_t trace_capacity;
  const tinyrank_method_f64* method;
  const void* reserved_pointer;
  double damping;
  double damping_ratio;
  double momentum;
  double quasi_newton_damping_ratio;
} tinyrank_options_f64;
const tinyrank_method_f64* tinyrank_scaled_gradient_descent_f64(void);
const tinyrank_method_f64* tinyrank_momentum_f64(void);
const tinyrank_method_f64* tinyrank_quasi_newton_f64(void);
void tinyrank_default_options_sized_f64(tinyrank_options_f64* options, size_t struct_size);
static inline void tinyrank_default_options_f64(tinyrank_options_f64* options) {
  tinyrank_default_options_sized_f64(options, sizeof *options);
}
size_t tinyrank_gaussian_bytes_f64(const tinyrank_gaussian* sensing, const tinyrank_options_f64* options);
size_t tinyrank_rademacher_bytes_f64(const tinyrank_rademacher* sensing, const tinyrank_options_f64* options);
size_t tinyrank_dense_bytes_f64(const tinyrank_dense* sensing, const tinyrank_options_f64* options);
size_t tinyrank_streamed_bytes_f64(const tinyrank_streamed* sensing, const tinyrank_options_f64* options);
size_t tinyrank_dense_bf16_bytes_f64(const tinyrank_dense_bf16* sensing, const tinyrank_options_f64* options);
size_t tinyrank_dense_int8_bytes_f64(const tinyrank_dense_int8* sensing, const tinyrank_options_f64* options);
size_t tinyrank_hadamard_bytes_f64(const tinyrank_hadamard* sensing, const tinyrank_options_f64* options);
size_t tinyrank_rank_one_bytes_f64(const tinyrank_rank_one* sensing, const tinyrank_options_f64* options);
size_t tinyrank_generated_rank_one_bytes_f64(const tinyrank_generated_rank_one* sensing,
                                             const tinyrank_options_f64* options);
size_t tinyrank_distances_bytes_f64(const tinyrank_distances* sensing, const tinyrank_options_f64* options);
size_t tinyrank_entries_bytes_f64(const tinyrank_entries* sensing, const tinyrank_options_f64* options);
size_t tinyrank_sparse_bytes_f64(const tinyrank_sparse* sensing, const tinyrank_options_f64* options);
size_t tinyrank_rectangular_entries_bytes_f64(const tinyrank_rectangular_entries* sensing,
                                              const tinyrank_options_f64* options);
size_t tinyrank_rectangular_dense_bytes_f64(const tinyrank_rectangular_dense* sensing,
                                            const tinyrank_options_f64* options);
size_t tinyrank_bilinear_bytes_f64(const tinyrank_bilinear* sensing, const tinyrank_options_f64* options);
size_t tinyrank_generated_bilinear_bytes_f64(const tinyrank_generated_bilinear* sensing,
                                             const tinyrank_options_f64* options);
size_t tinyrank_pauli_bytes_f64(const tinyrank_pauli* sensing, const tinyrank_options_f64* options);
size_t tinyrank_hermitian_dense_bytes_f64(const tinyrank_hermitian_dense* sensing,
                                          const tinyrank_options_f64* options);
size_t tinyrank_complex_rank_one_bytes_f64(const tinyrank_complex_rank_one* sensing,
                                           const tinyrank_options_f64* options);
size_t tinyrank_generated_complex_rank_one_bytes_f64(const tinyrank_generated_complex_rank_one* sensing,
                                                     const tinyrank_options_f64* options);
size_t tinyrank_coded_diffraction_bytes_f64(const tinyrank_coded_diffraction* sensing,
                                            const tinyrank_options_f64* options);
int32_t tinyrank_gaussian_create_f64(tinyrank_run_f64** run, const tinyrank_gaussian* sensing,
                                     const double* y, const tinyrank_options_f64* options, void* memory,
                                     size_t bytes);
int32_t tinyrank_rademacher_create_f64(tinyrank_run_f64** run, const tinyrank_rademacher* sensing,
                                       const double* y, const tinyrank_options_f64* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_dense_create_f64(tinyrank_run_f64** run, const tinyrank_dense* sensing, const double* y,
                                  const tinyrank_options_f64* options, void* memory, size_t bytes);
int32_t tinyrank_streamed_create_f64(tinyrank_run_f64** run, const tinyrank_streamed* sensing,
                                     const double* y, const tinyrank_options_f64* options, void* memory,
                                     size_t bytes);
int32_t tinyrank_dense_bf16_create_f64(tinyrank_run_f64** run, const tinyrank_dense_bf16* sensing,
                                       const double* y, const tinyrank_options_f64* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_dense_int8_create_f64(tinyrank_run_f64** run, const tinyrank_dense_int8* sensing,
                                       const double* y, const tinyrank_options_f64* options, void* memory,
                                       size_t bytes);
int32_t tinyrank_hadamard_create_f64(tinyrank_run_f64** run, const tinyrank_hadamard* sensing,
                                     const double* y, const tinyrank_options_f64* options, void* memory,
                                     size_t bytes);
int32_t tinyrank_rank_one_create_f64(tinyrank_run_f64** run, const tinyrank_rank_one* sensing,
                                     const double* y, const tinyrank_options_f64* options, void* memory,
                                     size_t bytes);
int32_t tinyrank_generated_rank_one_create_f64(tinyrank_run_f64** run,
                                               const tinyrank_generated_rank_one* sensing, const double* y,
                                               const tinyrank_options_f64* options, void* memory,
                                               size_t bytes);
int32_t tinyrank_distances_create_f64(tinyrank_run_f64** run, const tinyrank_distances* sensing,
                                      const double* y, const tinyrank_options_f64* options, void* memory,
                                      size_t bytes);
int32_t tinyrank_entries_create_f64(tinyrank_run_f64** run, const tinyrank_entries* sensing, const double* y,
                                    const tinyrank_options_f64* options, void* memory, size_t bytes);
int32_t tinyrank_sparse_create_f64(tinyrank_run_f64** run, const tinyrank_sparse* sensing, const double* y,
                                   const tinyrank_options_f64* options, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_create_f64(tinyrank_run_f64** run,
                                                const tinyrank_rectangular_entries* sensing, const double* y,
                                                const tinyrank_options_f64* options, void* memory,
                                                size_t bytes);
int32_t tinyrank_rectangular_dense_create_f64(tinyrank_run_f64** run,
                                              const tinyrank_rectangular_dense* sensing, const double* y,
                                              const tinyrank_options_f64* options, void* memory,
                                              size_t bytes);
int32_t tinyrank_bilinear_create_f64(tinyrank_run_f64** run, const tinyrank_bilinear* sensing,
                                     const double* y, const tinyrank_options_f64* options, void* memory,
                                     size_t bytes);
int32_t tinyrank_generated_bilinear_create_f64(tinyrank_run_f64** run,
                                               const tinyrank_generated_bilinear* sensing, const double* y,
                                               const tinyrank_options_f64* options, void* memory,
                                               size_t bytes);
int32_t tinyrank_pauli_create_f64(tinyrank_run_f64** run, const tinyrank_pauli* sensing, const double* y,
                                  const tinyrank_options_f64* options, void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_create_f64(tinyrank_run_f64** run, const tinyrank_hermitian_dense* sensing,
                                            const double* y, const tinyrank_options_f64* options,
                                            void* memory, size_t bytes);
int32_t tinyrank_complex_rank_one_create_f64(tinyrank_run_f64** run, const tinyrank_complex_rank_one* sensing,
                                             const double* y, const tinyrank_options_f64* options,
                                             void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_create_f64(tinyrank_run_f64** run,
                                                       const tinyrank_generated_complex_rank_one* sensing,
                                                       const double* y, const tinyrank_options_f64* options,
                                                       void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_create_f64(tinyrank_run_f64** run,
                                              const tinyrank_coded_diffraction* sensing, const double* y,
                                              const tinyrank_options_f64* options, void* memory,
                                              size_t bytes);
int32_t tinyrank_step_f64(tinyrank_run_f64* run);
int32_t tinyrank_run_to_end_f64(tinyrank_run_f64* run);
int32_t tinyrank_stop_f64(tinyrank_run_f64* run);
typedef struct tinyrank_report_f64 {
  uint32_t struct_size;
  int32_t outcome;
  uint32_t iterations;
  uint32_t step_reductions;
  double loss;
  double zero_loss;
  double step_size;
  double initial_scale;
  size_t n;
  size_t rank;
  size_t memory_bytes;
  int32_t instruction_set;
  int32_t reserved;
} tinyrank_report_f64;
int32_t tinyrank_get_report_f64(const tinyrank_run_f64* run, tinyrank_report_f64* report);
int32_t tinyrank_factor_entry_f64(const tinyrank_run_f64* run, size_t row, size_t column, double* value);
int32_t tinyrank_estimate_entry_f64(const tinyrank_run_f64* run, size_t row, size_t column, double* value);
int32_t tinyrank_copy_factor_f64(const tinyrank_run_f64* run, double* factor, size_t count);
uint64_t tinyrank_factor_bits_f64(const tinyrank_run_f64* run);
size_t tinyrank_gaussian_measure_bytes_f64(const tinyrank_gaussian* sensing, size_t rank);
size_t tinyrank_rademacher_measure_bytes_f64(const tinyrank_rademacher* sensing, size_t rank);
size_t tinyrank_dense_measure_bytes_f64(const tinyrank_dense* sensing, size_t rank);
size_t tinyrank_streamed_measure_bytes_f64(const tinyrank_streamed* sensing, size_t rank);
size_t tinyrank_dense_bf16_measure_bytes_f64(const tinyrank_dense_bf16* sensing, size_t rank);
size_t tinyrank_dense_int8_measure_bytes_f64(const tinyrank_dense_int8* sensing, size_t rank);
size_t tinyrank_hadamard_measure_bytes_f64(const tinyrank_hadamard* sensing, size_t rank);
size_t tinyrank_rank_one_measure_bytes_f64(const tinyrank_rank_one* sensing, size_t rank);
size_t tinyrank_generated_rank_one_measure_bytes_f64(const tinyrank_generated_rank_one* sensing, size_t rank);
size_t tinyrank_distances_measure_bytes_f64(const tinyrank_distances* sensing, size_t rank);
size_t tinyrank_entries_measure_bytes_f64(const tinyrank_entries* sensing, size_t rank);
size_t tinyrank_sparse_measure_bytes_f64(const tinyrank_sparse* sensing, size_t rank);
size_t tinyrank_rectangular_entries_measure_bytes_f64(const tinyrank_rectangular_entries* sensing,
                                                      size_t rank);
size_t tinyrank_rectangular_dense_measure_bytes_f64(const tinyrank_rectangular_dense* sensing, size_t rank);
size_t tinyrank_bilinear_measure_bytes_f64(const tinyrank_bilinear* sensing, size_t rank);
size_t tinyrank_generated_bilinear_measure_bytes_f64(const tinyrank_generated_bilinear* sensing, size_t rank);
size_t tinyrank_pauli_measure_bytes_f64(const tinyrank_pauli* sensing, size_t rank);
size_t tinyrank_hermitian_dense_measure_bytes_f64(const tinyrank_hermitian_dense* sensing, size_t rank);
size_t tinyrank_complex_rank_one_measure_bytes_f64(const tinyrank_complex_rank_one* sensing, size_t rank);
size_t tinyrank_generated_complex_rank_one_measure_bytes_f64(
    const tinyrank_generated_complex_rank_one* sensing, size_t rank);
size_t tinyrank_coded_diffraction_measure_bytes_f64(const tinyrank_coded_diffraction* sensing, size_t rank);
int32_t tinyrank_gaussian_measure_f64(const tinyrank_gaussian* sensing, const double* factor, size_t rank,
                                      double* y, void* memory, size_t bytes);
int32_t tinyrank_rademacher_measure_f64(const tinyrank_rademacher* sensing, const double* factor, size_t rank,
                                        double* y, void* memory, size_t bytes);
int32_t tinyrank_dense_measure_f64(const tinyrank_dense* sensing, const double* factor, size_t rank,
                                   double* y, void* memory, size_t bytes);
int32_t tinyrank_streamed_measure_f64(const tinyrank_streamed* sensing, const double* factor, size_t rank,
                                      double* y, void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_measure_f64(const tinyrank_dense_bf16* sensing, const double* factor, size_t rank,
                                        double* y, void* memory, size_t bytes);
int32_t tinyrank_dense_int8_measure_f64(const tinyrank_dense_int8* sensing, const double* factor, size_t rank,
                                        double* y, void* memory, size_t bytes);
int32_t tinyrank_hadamard_measure_f64(const tinyrank_hadamard* sensing, const double* factor, size_t rank,
                                      double* y, void* memory, size_t bytes);
int32_t tinyrank_rank_one_measure_f64(const tinyrank_rank_one* sensing, const double* factor, size_t rank,
                                      double* y, void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_measure_f64(const tinyrank_generated_rank_one* sensing,
                                                const double* factor, size_t rank, double* y, void* memory,
                                                size_t bytes);
int32_t tinyrank_distances_measure_f64(const tinyrank_distances* sensing, const double* factor, size_t rank,
                                       double* y, void* memory, size_t bytes);
int32_t tinyrank_entries_measure_f64(const tinyrank_entries* sensing, const double* factor, size_t rank,
                                     double* y, void* memory, size_t bytes);
int32_t tinyrank_sparse_measure_f64(const tinyrank_sparse* sensing, const double* factor, size_t rank,
                                    double* y, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_measure_f64(const tinyrank_rectangular_entries* sensing,
                                                 const double* factor, size_t rank, double* y, void* memory,
                                                 size_t bytes);
int32_t tinyrank_rectangular_dense_measure_f64(const tinyrank_rectangular_dense* sensing,
                                               const double* factor, size_t rank, double* y, void* memory,
                                               size_t bytes);
int32_t tinyrank_bilinear_measure_f64(const tinyrank_bilinear* sensing, const double* factor, size_t rank,
                                      double* y, void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_measure_f64(const tinyrank_generated_bilinear* sensing,
                                                const double* factor, size_t rank, double* y, void* memory,
                                                size_t bytes);
int32_t tinyrank_pauli_measure_f64(const tinyrank_pauli* sensing, const double* factor, size_t rank,
                                   double* y, void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_measure_f64(const tinyrank_hermitian_dense* sensing, const double* factor,
                                             size_t rank, double* y, void* memory, size_t bytes);
int32_t tinyrank_complex_rank_one_measure_f64(const tinyrank_complex_rank_one* sensing, const double* factor,
                                              size_t rank, double* y, void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_measure_f64(const tinyrank_generated_complex_rank_one* sensing,
                                                        const double* factor, size_t rank, double* y,
                                                        void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_measure_f64(const tinyrank_coded_diffraction* sensing,
                                               const double* factor, size_t rank, double* y, void* memory,
                                               size_t bytes);
int32_t tinyrank_gaussian_matrix_entry_f64(const tinyrank_gaussian* sensing, size_t measurement, size_t row,
                                           size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_rademacher_matrix_entry_f64(const tinyrank_rademacher* sensing, size_t measurement,
                                             size_t row, size_t column, double* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_dense_matrix_entry_f64(const tinyrank_dense* sensing, size_t measurement, size_t row,
                                        size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_streamed_matrix_entry_f64(const tinyrank_streamed* sensing, size_t measurement, size_t row,
                                           size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_matrix_entry_f64(const tinyrank_dense_bf16* sensing, size_t measurement,
                                             size_t row, size_t column, double* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_dense_int8_matrix_entry_f64(const tinyrank_dense_int8* sensing, size_t measurement,
                                             size_t row, size_t column, double* value, void* memory,
                                             size_t bytes);
int32_t tinyrank_hadamard_matrix_entry_f64(const tinyrank_hadamard* sensing, size_t measurement, size_t row,
                                           size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_rank_one_matrix_entry_f64(const tinyrank_rank_one* sensing, size_t measurement, size_t row,
                                           size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_matrix_entry_f64(const tinyrank_generated_rank_one* sensing,
                                                     size_t measurement, size_t row, size_t column,
                                                     double* value, void* memory, size_t bytes);
int32_t tinyrank_distances_matrix_entry_f64(const tinyrank_distances* sensing, size_t measurement, size_t row,
                                            size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_entries_matrix_entry_f64(const tinyrank_entries* sensing, size_t measurement, size_t row,
                                          size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_sparse_matrix_entry_f64(const tinyrank_sparse* sensing, size_t measurement, size_t row,
                                         size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_matrix_entry_f64(const tinyrank_rectangular_entries* sensing,
                                                      size_t measurement, size_t row, size_t column,
                                                      double* value, void* memory, size_t bytes);
int32_t tinyrank_rectangular_dense_matrix_entry_f64(const tinyrank_rectangular_dense* sensing,
                                                    size_t measurement, size_t row, size_t column,
                                                    double* value, void* memory, size_t bytes);
int32_t tinyrank_bilinear_matrix_entry_f64(const tinyrank_bilinear* sensing, size_t measurement, size_t row,
                                           size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_matrix_entry_f64(const tinyrank_generated_bilinear* sensing,
                                                     size_t measurement, size_t row, size_t column,
                                                     double* value, void* memory, size_t bytes);
int32_t tinyrank_pauli_matrix_entry_f64(const tinyrank_pauli* sensing, size_t measurement, size_t row,
                                        size_t column, double* value, void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_matrix_entry_f64(const tinyrank_hermitian_dense* sensing, size_t measurement,
                                                  size_t row, size_t column, double* value, void* memory,
                                                  size_t bytes);
int32_t tinyrank_complex_rank_one_matrix_entry_f64(const tinyrank_complex_rank_one* sensing,
                                                   size_t measurement, size_t row, size_t column,
                                                   double* value, void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_matrix_entry_f64(
    const tinyrank_generated_complex_rank_one* sensing, size_t measurement, size_t row, size_t column,
    double* value, void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_matrix_entry_f64(const tinyrank_coded_diffraction* sensing,
                                                    size_t measurement, size_t row, size_t column,
                                                    double* value, void* memory, size_t bytes);
typedef struct tinyrank_staircase_f64 tinyrank_staircase_f64;
typedef struct tinyrank_staircase_entry_f64 {
  uint32_t pass;
  uint32_t rank;
  double loss;
} tinyrank_staircase_entry_f64;
typedef struct tinyrank_staircase_options_f64 {
  uint32_t struct_size;
  int32_t instruction_set;
  uint64_t seed;
  size_t rank_limit;
  size_t probes;
  double tolerance;
  double relative_tolerance;
  uint32_t pass_limit;
  uint32_t history;
  uint32_t threads;
  uint32_t shards;
  tinyrank_staircase_entry_f64* trace;
  size_t trace_capacity;
  size_t spent;
  const void* reserved_pointer;
} tinyrank_staircase_options_f64;
void tinyrank_default_staircase_options_sized_f64(tinyrank_staircase_options_f64* options,
                                                  size_t struct_size);
static inline void tinyrank_default_staircase_options_f64(tinyrank_staircase_options_f64* options) {
  tinyrank_default_staircase_options_sized_f64(options, sizeof *options);
}
size_t tinyrank_gaussian_staircase_bytes_f64(const tinyrank_gaussian* sensing,
                                             const tinyrank_staircase_options_f64* options);
size_t tinyrank_rademacher_staircase_bytes_f64(const tinyrank_rademacher* sensing,
                                               const tinyrank_staircase_options_f64* options);
size_t tinyrank_dense_staircase_bytes_f64(const tinyrank_dense* sensing,
                                          const tinyrank_staircase_options_f64* options);
size_t tinyrank_streamed_staircase_bytes_f64(const tinyrank_streamed* sensing,
                                             const tinyrank_staircase_options_f64* options);
size_t tinyrank_dense_bf16_staircase_bytes_f64(const tinyrank_dense_bf16* sensing,
                                               const tinyrank_staircase_options_f64* options);
size_t tinyrank_dense_int8_staircase_bytes_f64(const tinyrank_dense_int8* sensing,
                                               const tinyrank_staircase_options_f64* options);
size_t tinyrank_hadamard_staircase_bytes_f64(const tinyrank_hadamard* sensing,
                                             const tinyrank_staircase_options_f64* options);
size_t tinyrank_rank_one_staircase_bytes_f64(const tinyrank_rank_one* sensing,
                                             const tinyrank_staircase_options_f64* options);
size_t tinyrank_generated_rank_one_staircase_bytes_f64(const tinyrank_generated_rank_one* sensing,
                                                       const tinyrank_staircase_options_f64* options);
size_t tinyrank_distances_staircase_bytes_f64(const tinyrank_distances* sensing,
                                              const tinyrank_staircase_options_f64* options);
size_t tinyrank_entries_staircase_bytes_f64(const tinyrank_entries* sensing,
                                            const tinyrank_staircase_options_f64* options);
size_t tinyrank_sparse_staircase_bytes_f64(const tinyrank_sparse* sensing,
                                           const tinyrank_staircase_options_f64* options);
size_t tinyrank_rectangular_entries_staircase_bytes_f64(const tinyrank_rectangular_entries* sensing,
                                                        const tinyrank_staircase_options_f64* options);
size_t tinyrank_rectangular_dense_staircase_bytes_f64(const tinyrank_rectangular_dense* sensing,
                                                      const tinyrank_staircase_options_f64* options);
size_t tinyrank_bilinear_staircase_bytes_f64(const tinyrank_bilinear* sensing,
                                             const tinyrank_staircase_options_f64* options);
size_t tinyrank_generated_bilinear_staircase_bytes_f64(const tinyrank_generated_bilinear* sensing,
                                                       const tinyrank_staircase_options_f64* options);
size_t tinyrank_pauli_staircase_bytes_f64(const tinyrank_pauli* sensing,
                                          const tinyrank_staircase_options_f64* options);
size_t tinyrank_hermitian_dense_staircase_bytes_f64(const tinyrank_hermitian_dense* sensing,
                                                    const tinyrank_staircase_options_f64* options);
size_t tinyrank_complex_rank_one_staircase_bytes_f64(const tinyrank_complex_rank_one* sensing,
                                                     const tinyrank_staircase_options_f64* options);
size_t tinyrank_generated_complex_rank_one_staircase_bytes_f64(
    const tinyrank_generated_complex_rank_one* sensing, const tinyrank_staircase_options_f64* options);
size_t tinyrank_coded_diffraction_staircase_bytes_f64(const tinyrank_coded_diffraction* sensing,
                                                      const tinyrank_staircase_options_f64* options);
int32_t tinyrank_gaussian_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_gaussian* sensing,
                                               const double* y, const tinyrank_staircase_options_f64* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_rademacher_staircase_create_f64(tinyrank_staircase_f64** run,
                                                 const tinyrank_rademacher* sensing, const double* y,
                                                 const tinyrank_staircase_options_f64* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_dense_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_dense* sensing,
                                            const double* y, const tinyrank_staircase_options_f64* options,
                                            void* memory, size_t bytes);
int32_t tinyrank_streamed_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_streamed* sensing,
                                               const double* y, const tinyrank_staircase_options_f64* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_dense_bf16_staircase_create_f64(tinyrank_staircase_f64** run,
                                                 const tinyrank_dense_bf16* sensing, const double* y,
                                                 const tinyrank_staircase_options_f64* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_dense_int8_staircase_create_f64(tinyrank_staircase_f64** run,
                                                 const tinyrank_dense_int8* sensing, const double* y,
                                                 const tinyrank_staircase_options_f64* options, void* memory,
                                                 size_t bytes);
int32_t tinyrank_hadamard_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_hadamard* sensing,
                                               const double* y, const tinyrank_staircase_options_f64* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_rank_one_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_rank_one* sensing,
                                               const double* y, const tinyrank_staircase_options_f64* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_generated_rank_one_staircase_create_f64(tinyrank_staircase_f64** run,
                                                         const tinyrank_generated_rank_one* sensing,
                                                         const double* y,
                                                         const tinyrank_staircase_options_f64* options,
                                                         void* memory, size_t bytes);
int32_t tinyrank_distances_staircase_create_f64(tinyrank_staircase_f64** run,
                                                const tinyrank_distances* sensing, const double* y,
                                                const tinyrank_staircase_options_f64* options, void* memory,
                                                size_t bytes);
int32_t tinyrank_entries_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_entries* sensing,
                                              const double* y, const tinyrank_staircase_options_f64* options,
                                              void* memory, size_t bytes);
int32_t tinyrank_sparse_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_sparse* sensing,
                                             const double* y, const tinyrank_staircase_options_f64* options,
                                             void* memory, size_t bytes);
int32_t tinyrank_rectangular_entries_staircase_create_f64(tinyrank_staircase_f64** run,
                                                          const tinyrank_rectangular_entries* sensing,
                                                          const double* y,
                                                          const tinyrank_staircase_options_f64* options,
                                                          void* memory, size_t bytes);
int32_t tinyrank_rectangular_dense_staircase_create_f64(tinyrank_staircase_f64** run,
                                                        const tinyrank_rectangular_dense* sensing,
                                                        const double* y,
                                                        const tinyrank_staircase_options_f64* options,
                                                        void* memory, size_t bytes);
int32_t tinyrank_bilinear_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_bilinear* sensing,
                                               const double* y, const tinyrank_staircase_options_f64* options,
                                               void* memory, size_t bytes);
int32_t tinyrank_generated_bilinear_staircase_create_f64(tinyrank_staircase_f64** run,
                                                         const tinyrank_generated_bilinear* sensing,
                                                         const double* y,
                                                         const tinyrank_staircase_options_f64* options,
                                                         void* memory, size_t bytes);
int32_t tinyrank_pauli_staircase_create_f64(tinyrank_staircase_f64** run, const tinyrank_pauli* sensing,
                                            const double* y, const tinyrank_staircase_options_f64* options,
                                            void* memory, size_t bytes);
int32_t tinyrank_hermitian_dense_staircase_create_f64(tinyrank_staircase_f64** run,
                                                      const tinyrank_hermitian_dense* sensing,
                                                      const double* y,
                                                      const tinyrank_staircase_options_f64* options,
                                                      void* memory, size_t bytes);
int32_t tinyrank_complex_rank_one_staircase_create_f64(tinyrank_staircase_f64** run,
                                                       const tinyrank_complex_rank_one* sensing,
                                                       const double* y,
                                                       const tinyrank_staircase_options_f64* options,
                                                       void* memory, size_t bytes);
int32_t tinyrank_generated_complex_rank_one_staircase_create_f64(
    tinyrank_staircase_f64** run, const tinyrank_generated_complex_rank_one* sensing, const double* y,
    const tinyrank_staircase_options_f64* options, void* memory, size_t bytes);
int32_t tinyrank_coded_diffraction_staircase_create_f64(tinyrank_staircase_f64** run,
                                                        const tinyrank_coded_diffraction* sensing,
                                                        const double* y,
                                                        const tinyrank_staircase_options_f64* options,
                                                        void* memory, size_t bytes);
int32_t tinyrank_staircase_step_f64(tinyrank_staircase_f64* run);
int32_t tinyrank_staircase_run_to_end_f64(tinyrank_staircase_f64* run);
int32_t tinyrank_staircase_stop_f64(tinyrank_staircase_f64* run);
typedef struct tinyrank_staircase_report_f64 {
  uint32_t struct_size;
  int32_t outcome;
  int32_t verdict;
  uint32_t rank_found;
  uint32_t passes;
  uint32_t entries;
  double loss;
  double zero_loss;
  double noise_estimate;
  double smallest_eigenvalue;
  double certificate_gap;
  double condition;
  double smallest_singular_value;
  double reserved_number;
  uint64_t unknowns;
  size_t n;
  size_t memory_bytes;
  int32_t instruction_set;
  int32_t reserved;
} tinyrank_staircase_report_f64;
int32_t tinyrank_staircase_get_report_f64(const tinyrank_staircase_f64* run,
                                          tinyrank_staircase_report_f64* report);
int32_t tinyrank_staircase_factor_entry_f64(const tinyrank_staircase_f64* run, size_t row, size_t column,
                                            double* value);
int32_t tinyrank_staircase_estimate_entry_f64(const tinyrank_staircase_f64* run, size_t row, size_t column,
                                              double* value);
int32_t tinyrank_staircase_copy_factor_f64(const tinyrank_staircase_f64* run, double* factor, size_t count);
uint64_t tinyrank_staircase_factor_bits_f64(const tinyrank_staircase_f64* run);
int32_t tinyrank_staircase_copy_directions_f64(const tinyrank_staircase_f64* run, double* directions,
                                               size_t count);
int32_t tinyrank_staircase_copy_freedom_f64(const tinyrank_staircase_f64* run, double* freedom, size_t count);
/* end */

#if defined(TINYRANK_SHARED) && defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
