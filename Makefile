# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

PRESETS := host docs clang asan fuzz aarch64 armv7 cortex-m3 cortex-m4 cortex-m7 cortex-m55

# The same golden bits, from the two files alone; not a part of `make test`, for those without floats take minutes.
PROCESSORS := cortex-m0plus cortex-m7sp cortex-m33 rv32imac rv32imafc riscv64 riscv64-v128 riscv64-v256 \
  aarch64-sve128 aarch64-sve256 aarch64-sve512 i386 mingw

.PHONY: help demo paper docs figures check test fuzz coverage mutate processors python bench firmware arm amalgamate packages c_header clean
.NOTPARALLEL:

help:
	@echo "make demo    recover two real matrices and show the result"
	@echo "make paper   every figure of the papers, measured, into build/paper (FIGURE=3: only that; QUICK=1: small"
	@echo "             sizes in seconds, into build/paper-quick); what is there is kept, what was begun is continued"
	@echo "make docs    the site, with every page, interface and figure, and its tests: build/docs/html/index.html"
	@echo "make check   build for this machine, and its tests but those that compile the library once more, in some ten minutes"
	@echo "make test    every test: $(PRESETS)"
	@echo "make fuzz    each fuzzer of tests/fuzz for TIME=60 seconds, two at a time; what it finds stays in build/fuzz/corpus"
	@echo "             (FUZZ=REGEX: only those of this name)"
	@echo "make coverage  the lines and branches that the tests of this machine reach, by llvm-cov; fails where they are too few"
	@echo "make mutate  whether they see a fault: 200 changes of one comparison, sign or constant (COUNT=, SEED=, MINUTES=)"
	@echo "make processors  the golden bits on more: $(PROCESSORS)"
	@echo "make python  the Python package, built and tested: build/host/python"
	@echo "make bench   measure, in under five minutes; writes build/bench.json and pictures beside it"
	@echo "             (FILTER=REGEX: only the cases it matches; FILTER=cost: only the cost as work grows;"
	@echo "             FILTER=staircase: only whole recoveries with nothing told)"
	@echo "make test-P  the tests of one preset P; cmake --list-presets names them all"
	@echo "make firmware  flash, RAM, stack and instructions on microcontrollers: build/firmware.json, docs/firmware.md"
	@echo "make arm     a static aarch64 tinyrank: build/aarch64-static/tinyrank"
	@echo "make amalgamate  the library as two files: build/amalgamated/tinyrank.hpp and tinyrank.cpp (and tinyrank.h for C)"
	@echo "make packages  what users of Arduino, PlatformIO, ESP-IDF, CMSIS-Pack and Zephyr download, in build/packages"
	@echo "make c_header  the parts of include/tinyrank/tinyrank.h that follow from the rest of it"
	@echo "make clean   remove build/"

demo:
	packaging/install-dependencies.sh build plot
	cmake --preset host -DTINYRANK_OUTPUT:PATH=build && cmake --build --preset host --target demo

paper:
	packaging/install-dependencies.sh build plot
	cmake --preset host -DTINYRANK_OUTPUT:PATH=build && TINYRANK_FIGURE='$(FIGURE)' TINYRANK_QUICK='$(QUICK)' cmake --build --preset host --target paper

docs:
	packaging/install-dependencies.sh build docs plot
	$(MAKE) test-docs

# The gallery shows those of printed size where they are.
figures:
	[ -f build/paper/report.md ] || [ -f build/paper-quick/report.md ] || $(MAKE) paper QUICK=1
test-docs: figures

check:
	packaging/install-dependencies.sh build test plot mpi style python
	$(MAKE) test-host CTEST_OPTIONS='-LE rebuild'

test:
	packaging/install-dependencies.sh build test docs plot mpi style python arm
	$(MAKE) $(PRESETS:%=test-%)

TIME ?= 60
FUZZ ?= .
fuzz:
	packaging/install-dependencies.sh build test
	cmake --preset fuzz && cmake --build --preset fuzz && TINYRANK_FUZZ_TIME='$(TIME)' ctest --preset fuzz -R '^fuzz\.$(FUZZ)' $(CTEST_OPTIONS)

processors:
	packaging/install-dependencies.sh build test arm riscv x86
	$(MAKE) $(PROCESSORS:%=test-%)

coverage:
	packaging/install-dependencies.sh build test plot mpi coverage
	cmake --preset coverage && cmake --build --preset coverage && tests/coverage/coverage.py --missing build/coverage/missing.txt build/coverage

mutate:
	packaging/install-dependencies.sh build test plot
	tests/mutation/mutate.py --count $(or $(COUNT),200) --seed $(or $(SEED),1) --minutes $(or $(MINUTES),600) . build/mutation

test-%:
	cmake --preset $* && cmake --build --preset $* && ctest --preset $* $(CTEST_OPTIONS)

python:
	packaging/install-dependencies.sh build test plot python
	cmake --preset host -DTINYRANK_BUILD_PYTHON=ON && cmake --build --preset host --target python && ctest --preset host -L python -LE rebuild

bench:
	packaging/install-dependencies.sh build bench plot
	cmake --preset host -DTINYRANK_OUTPUT:PATH=build && TINYRANK_BENCH_FILTER='$(FILTER)' cmake --build --preset host --target bench

firmware:
	packaging/install-dependencies.sh build arm riscv plot
	for p in cortex-m4 cortex-m55 cortex-m33 rv32imafc rv32imac; do \
	  cmake --preset $$p && cmake --build build/$$p --target apps/firmware/all || exit 1; done
	apps/firmware/numbers/report.py --json build/firmware.json --page docs/firmware.md --check apps/firmware/numbers/budgets.json \
	  build/cortex-m4 build/cortex-m55 build/cortex-m33 build/rv32imafc build/rv32imac

arm:
	packaging/install-dependencies.sh build arm
	cmake --preset aarch64 -B build/aarch64-static -DCMAKE_EXE_LINKER_FLAGS=-static -DTINYRANK_OPENMP=OFF \
	  -DTINYRANK_BUILD_TESTS=OFF && cmake --build build/aarch64-static --target tinyrank_cli
	qemu-aarch64 build/aarch64-static/tinyrank info

amalgamate:
	command -v python3 >/dev/null || packaging/install-dependencies.sh build
	packaging/amalgamate.py

packages:
	command -v python3 >/dev/null || packaging/install-dependencies.sh build
	packaging/packages.py

c_header:
	command -v python3 >/dev/null || packaging/install-dependencies.sh build
	packaging/c_header.py

clean:
	cmake -E rm -rf build
