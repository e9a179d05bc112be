# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

PRESETS := host clang asan aarch64 armv7 cortex-m4 cortex-m7 cortex-m55

.PHONY: help demo paper test bench clean
.NOTPARALLEL:

help:
	@echo "make demo    recover two real matrices and show the result"
	@echo "make paper   every figure of the papers, measured, into build/paper (FIGURE=3: only that; QUICK=1: small"
	@echo "             sizes in seconds, into build/paper-quick); what is there is kept, what was begun is continued"
	@echo "make test    every test: $(PRESETS)"
	@echo "make bench   measure, in under five minutes; writes build/bench.json and pictures beside it"
	@echo "             (FILTER=REGEX: only the cases it matches; FILTER=cost: only the cost as work grows)"
	@echo "make test-P  the tests of one preset P; cmake --list-presets names them all"
	@echo "make clean   remove build/"

demo:
	packaging/install-dependencies.sh build plot
	cmake --preset host && cmake --build --preset host --target demo

paper:
	packaging/install-dependencies.sh build plot
	cmake --preset host && TINYRANK_FIGURE='$(FIGURE)' TINYRANK_QUICK='$(QUICK)' cmake --build --preset host --target paper

test:
	packaging/install-dependencies.sh build test plot arm
	$(MAKE) $(PRESETS:%=test-%)

test-%:
	cmake --preset $* && cmake --build --preset $* && ctest --preset $*

bench:
	packaging/install-dependencies.sh build bench plot
	cmake --preset host && TINYRANK_BENCH_FILTER='$(FILTER)' cmake --build --preset host --target bench

clean:
	cmake -E rm -rf build
