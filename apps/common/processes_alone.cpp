// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Without MPI.

#include "processes.hpp"

namespace tinyrank::app {

processes::processes(int&, char**&) {}
processes::~processes() = default;

std::uint32_t processes::count() noexcept {
  return 1;
}

std::uint32_t processes::rank() noexcept {
  return 0;
}

std::uint32_t processes::on_this_machine() noexcept {
  return 1;
}

measurement_part processes::part_of(std::uint32_t, std::size_t m, std::size_t) {
  return {0, m};
}

void processes::add_up(std::span<double>) {}

void processes::broadcast(std::span<std::byte>, std::uint32_t) {}

bool processes::any_asks(bool here) noexcept {
  return here;
}

template <class T>
std::shared_ptr<void> processes::share(const sensing_operator<T>& own, std::uint32_t, std::size_t,
                                       std::size_t, sensing_operator<T>& out, status& found) {
  out = own;
  found = status::ok;
  return nullptr;
}

template std::shared_ptr<void> processes::share(const sensing_operator<float>&, std::uint32_t, std::size_t,
                                                std::size_t, sensing_operator<float>&, status&);
template std::shared_ptr<void> processes::share(const sensing_operator<double>&, std::uint32_t, std::size_t,
                                                std::size_t, sensing_operator<double>&, status&);

void processes::wait_for_turn() noexcept {}

int processes::fail(int exit_code) noexcept {
  return exit_code;
}

}  // namespace tinyrank::app
