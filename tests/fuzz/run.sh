#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# run.sh PROGRAM NAME SOURCE BUILD: a fuzzer, from the inputs that are kept in SOURCE/corpus/NAME. As a test 20 seconds with
# the same seed each time. With TINYRANK_FUZZ_TIME=SECONDS for so long, and from the inputs, too, that earlier runs of this
# kind have left in BUILD/corpus/NAME.
set -u
program=$1 name=$2 source=$3 build=$4

found=$build/corpus/$name
options=
if [ -z "${TINYRANK_FUZZ_TIME:-}" ]; then
  found=$build/scratch/$name
  rm -rf "$found"
  options=-seed=1
fi
crashes=$build/crashes/$name
mkdir -p "$found" "$crashes"
if [ -f "$source/$name.dict" ]; then
  options="$options -dict=$source/$name.dict"
fi

# A hang, or memory out of proportion to an input of a few kilobytes, is a fault as well.
"$program" $options -max_total_time="${TINYRANK_FUZZ_TIME:-20}" -timeout=100 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
  -artifact_prefix="$crashes/" "$found" "$source/corpus/$name"
ended=$?
if [ $ended -ne 0 ]; then
  echo "$name: failed; the input is in $crashes, and \"$program FILE\" runs it again"
fi
exit $ended
