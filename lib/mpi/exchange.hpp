// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The part of the tree of sums that lies above the processes. A sum must have the bits that one process gives
// it, which no MPI_Allreduce promises: what is added to what is said by the tree alone.

#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "lib/kernels/tables.hpp"
#include "tinyrank/arena.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::mpi {

template <class T>
MPI_Datatype datatype() noexcept {
  return sizeof(T) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;
}

/// Bytes that one message has at most: below it latency rules, above it pieces keep what arrives in the
/// cache until it is added, and counts within an int.
inline constexpr std::size_t message_bytes = std::size_t{1} << 18;
template <class T>
inline constexpr std::size_t message_elements = message_bytes / sizeof(T);

/// What an exchange takes of a workspace's scratch.
template <class T>
struct exchange_scratch {
  std::uint32_t* cuts = nullptr;  ///< the first shard of every process, and the number of them all
  int* counts = nullptr;          ///< measurements of every process
  int* offsets = nullptr;
  T* outgoing = nullptr;
  T* incoming = nullptr;
};

template <class T>
exchange_scratch<T> layout_exchange_scratch(arena& memory, std::uint32_t processes) noexcept {
  exchange_scratch<T> scratch;
  scratch.cuts = memory.take<std::uint32_t>(processes + 1);
  scratch.counts = memory.take<int>(processes);
  scratch.offsets = memory.take<int>(processes);
  scratch.outgoing = memory.take<T>(message_elements<T>);
  scratch.incoming = memory.take<T>(message_elements<T>);
  return scratch;
}

/// A sum, and the loss that belongs to it.
template <class T>
struct summand {
  T* sum;
  T* loss;
};

/// One sum over all processes. find(first leaf) is the node of this process that begins there.
template <class T, class Find>
class exchange {
 public:
  exchange(MPI_Comm processes, std::uint32_t rank, std::uint32_t count, const kernel_table<T>& kernels,
           const exchange_scratch<T>& scratch, std::size_t elements, Find find) noexcept
      : processes_(processes),
        rank_(rank),
        count_(count),
        kernels_(kernels),
        scratch_(scratch),
        elements_(elements),
        find_(find) {}

  /// The sums of all processes, at find(the first leaf of this process).
  void run() noexcept {
    if (count_ == 1 && has_whole_subtrees()) return;
    if (has_whole_subtrees()) return exchange_pairs();
    std::uint32_t leaves = 1;
    while (leaves < scratch_.cuts[count_]) leaves *= 2;
    combine(0, leaves);
    give_to_all();
  }

 private:
  /// A power of two of processes, each with one node, all of the same size: then rank XOR bit is the sibling.
  [[nodiscard]] bool has_whole_subtrees() const noexcept {
    const std::uint32_t each = scratch_.cuts[1];
    if ((count_ & (count_ - 1)) != 0 || (each & (each - 1)) != 0) return false;
    for (std::uint32_t p = 1; p <= count_; ++p) {
      if (scratch_.cuts[p] != p * each) return false;
    }
    return true;
  }

  [[nodiscard]] bool is_short() const noexcept { return elements_ + 1 <= message_elements<T>; }

  void swap(std::uint32_t partner, const T* out, std::size_t out_count, T* in,
            std::size_t in_count) const noexcept {
    MPI_Sendrecv(out, static_cast<int>(out_count), datatype<T>(), static_cast<int>(partner), 0, in,
                 static_cast<int>(in_count), datatype<T>(), static_cast<int>(partner), 0, processes_,
                 MPI_STATUS_IGNORE);
  }

  /// Sum and loss as one message; returns its elements.
  std::size_t pack(const summand<T>& from) const noexcept {
    std::memcpy(scratch_.outgoing, from.sum, elements_ * sizeof(T));
    scratch_.outgoing[elements_] = *from.loss;
    return elements_ + 1;
  }
  void add_packed(const summand<T>& to) const noexcept {
    kernels_.add(scratch_.incoming, to.sum, elements_);
    *to.loss += scratch_.incoming[elements_];
  }

  /// log2 P rounds. A long sum is halved in each, by who adds up which half, and comes together in as many
  /// more: the same additions, for 2 (1 - 1/P) times its bytes instead of log2 P times.
  void exchange_pairs() noexcept {
    const summand<T> own = find_(scratch_.cuts[rank_]);
    if (is_short()) {
      for (std::uint32_t bit = 1; bit < count_; bit *= 2) {
        const std::size_t size = pack(own);
        swap(rank_ ^ bit, scratch_.outgoing, size, scratch_.incoming, size);
        add_packed(own);
      }
      return;
    }
    std::size_t begin[32], end[32], rounds = 0;  // what this process adds up, before every round
    begin[0] = 0;
    end[0] = elements_;
    for (std::uint32_t bit = 1; bit < count_; bit *= 2, ++rounds) {
      const std::size_t first = begin[rounds], last = end[rounds];
      const std::size_t middle = first + (last - first) / 2 / virtual_lanes<T> * virtual_lanes<T>;
      const bool upper = (rank_ & bit) != 0;
      begin[rounds + 1] = upper ? middle : first;
      end[rounds + 1] = upper ? last : middle;
      add_half(rank_ ^ bit, own.sum, upper ? first : middle, upper ? middle : last, begin[rounds + 1],
               end[rounds + 1]);
      T loss = 0;
      swap(rank_ ^ bit, own.loss, 1, &loss, 1);
      *own.loss += loss;
    }
    for (std::uint32_t bit = count_ / 2; bit > 0; bit /= 2, --rounds) {
      const bool upper = (rank_ & bit) != 0;
      const std::size_t first = upper ? begin[rounds - 1] : end[rounds],
                        last = upper ? begin[rounds] : end[rounds - 1];
      fill_half(rank_ ^ bit, own.sum, begin[rounds], end[rounds], first, last);
    }
  }

  /// In messages of at most message_elements: use(out offset, count, in offset, count).
  template <class Use>
  static void in_messages(std::size_t out, std::size_t out_end, std::size_t in, std::size_t in_end,
                          Use use) noexcept {
    constexpr std::size_t most = message_elements<T>;
    while (out < out_end || in < in_end) {
      const std::size_t sent = std::min(most, out_end - out), got = std::min(most, in_end - in);
      use(out, sent, in, got);
      out += sent;
      in += got;
    }
  }

  void add_half(std::uint32_t partner, T* sum, std::size_t out, std::size_t out_end, std::size_t in,
                std::size_t in_end) const noexcept {
    in_messages(out, out_end, in, in_end,
                [&](std::size_t from, std::size_t sent, std::size_t to, std::size_t got) {
                  swap(partner, sum + from, sent, scratch_.incoming, got);
                  kernels_.add(scratch_.incoming, sum + to, got);
                });
  }

  void fill_half(std::uint32_t partner, T* sum, std::size_t out, std::size_t out_end, std::size_t in,
                 std::size_t in_end) const noexcept {
    in_messages(out, out_end, in, in_end,
                [&](std::size_t from, std::size_t sent, std::size_t to, std::size_t got) {
                  swap(partner, sum + from, sent, sum + to, got);
                });
  }

  [[nodiscard]] std::uint32_t owner(std::uint32_t leaf) const noexcept {
    const std::uint32_t* const after = std::upper_bound(scratch_.cuts, scratch_.cuts + count_ + 1, leaf);
    return static_cast<std::uint32_t>(after - scratch_.cuts) - 1;
  }

  /// The node first .. first + leaves - 1, at the process of its first leaf. Every process goes through the
  /// tree in the same order, so none waits for one that waits for it.
  void combine(std::uint32_t first, std::uint32_t leaves) noexcept {
    const std::uint32_t last = std::min(first + leaves, scratch_.cuts[count_]) - 1;
    const std::uint32_t left = owner(first);
    if (left == owner(last) || rank_ < left || rank_ > owner(last)) return;
    const std::uint32_t half = leaves / 2, middle = first + half;
    combine(first, half);
    if (middle > last) return;
    combine(middle, half);
    const std::uint32_t right = owner(middle);
    if (left == right) {
      if (rank_ != left) return;
      const summand<T> to = find_(first), from = find_(middle);
      kernels_.add(from.sum, to.sum, elements_);
      *to.loss += *from.loss;
    } else if (rank_ == left) {
      receive_and_add(right, find_(first));
    } else if (rank_ == right) {
      send(left, find_(middle));
    }
  }

  void send(std::uint32_t to, const summand<T>& from) const noexcept {
    const auto one = [&](const T* data, std::size_t size) {
      MPI_Send(data, static_cast<int>(size), datatype<T>(), static_cast<int>(to), 0, processes_);
    };
    if (is_short()) return one(scratch_.outgoing, pack(from));
    in_messages(0, elements_, 0, 0, [&](std::size_t first, std::size_t size, std::size_t, std::size_t) {
      one(from.sum + first, size);
    });
    one(from.loss, 1);
  }

  void receive_and_add(std::uint32_t from, const summand<T>& to) const noexcept {
    const auto one = [&](T* data, std::size_t size) {
      MPI_Recv(data, static_cast<int>(size), datatype<T>(), static_cast<int>(from), 0, processes_,
               MPI_STATUS_IGNORE);
    };
    if (is_short()) {
      one(scratch_.incoming, elements_ + 1);
      return add_packed(to);
    }
    in_messages(0, 0, 0, elements_, [&](std::size_t, std::size_t, std::size_t first, std::size_t size) {
      one(scratch_.incoming, size);
      kernels_.add(scratch_.incoming, to.sum + first, size);
    });
    T loss = 0;
    one(&loss, 1);
    *to.loss += loss;
  }

  /// From the process of the first leaf.
  void give_to_all() const noexcept {
    const summand<T> own = find_(scratch_.cuts[rank_]);
    const auto one = [&](T* data, std::size_t size) {
      MPI_Bcast(data, static_cast<int>(size), datatype<T>(), 0, processes_);
    };
    if (is_short()) {
      const std::size_t size = pack(own);
      one(scratch_.outgoing, size);
      std::memcpy(own.sum, scratch_.outgoing, elements_ * sizeof(T));
      *own.loss = scratch_.outgoing[elements_];
      return;
    }
    // Larger pieces than elsewhere: MPI divides a broadcast itself.
    constexpr std::size_t most = std::size_t{1} << 28;
    for (std::size_t first = 0; first < elements_; first += most) {
      one(own.sum + first, std::min(most, elements_ - first));
    }
    one(own.loss, 1);
  }

  MPI_Comm processes_;
  std::uint32_t rank_, count_;
  const kernel_table<T>& kernels_;
  const exchange_scratch<T>& scratch_;
  std::size_t elements_;
  Find find_;
};

}  // namespace tinyrank::mpi
