#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# Installs the Debian packages of the named groups; silent when nothing is missing.
set -eu

groups="build test coverage arm riscv x86 bench docs plot mpi style python develop"
packages_of() {
  case $1 in
    build) echo build-essential cmake ninja-build pkg-config python3 libxsimd-dev libcli11-dev nlohmann-json3-dev doctest-dev ;;
    test) echo qemu-user clang libomp-14-dev libclang-rt-14-dev ;;
    coverage) echo python3 clang-14 llvm-14 libclang-rt-14-dev ;;
    arm) echo python3 g++-aarch64-linux-gnu g++-arm-linux-gnueabihf qemu-user \
      gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev qemu-system-arm ;;
    riscv) echo python3 g++-riscv64-linux-gnu qemu-user clang-19 gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf \
      libstdc++-arm-none-eabi-dev qemu-system-misc ;;
    x86) echo python3 g++-i686-linux-gnu qemu-user g++-mingw-w64-x86-64-posix wine wine64 ;;
    bench) echo libbenchmark-dev libopenblas-dev libeigen3-dev ;;
    python) echo python3-dev pybind11-dev python3-numpy python3-pytest python3-mypy python3-sklearn python3-matplotlib \
      python3-pip python3-setuptools python3-wheel python3-venv ;;
    docs) echo cmake ninja-build python3-sphinx python3-myst-parser python3-breathe python3-numpydoc furo doxygen chromium \
      clang-14 llvm-14 lld-14 wasi-libc libc++-14-dev-wasm32 ;;
    plot) echo python3 python3-matplotlib ;;
    mpi) echo libopenmpi-dev openmpi-bin libmpich-dev mpich ;;
    style) echo python3 clang-format clang-tidy ;;
    develop) echo git clang-format valgrind ;;
    *)
      echo "install-dependencies.sh: unknown group '$1' (there are: $groups)" >&2
      exit 2
      ;;
  esac
}

if [ $# -eq 0 ]; then
  echo "usage: install-dependencies.sh GROUP...   ($groups)" >&2
  exit 2
fi

wanted=
for group in "$@"; do
  packages=$(packages_of "$group")
  wanted="$wanted $packages"
done
wanted=$(printf '%s\n' $wanted | sort -u | paste -s -d ' ')

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install-dependencies.sh: not a Debian system; please install what Debian calls: $wanted" >&2
  exit 1
fi

missing=
for package in $wanted; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  # A package of two architectures answers twice.
  case $status in
    installed*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=
elif command -v sudo >/dev/null; then
  as_root=sudo
else
  echo "install-dependencies.sh: needs root or sudo; please run: apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "installing:$missing"
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
