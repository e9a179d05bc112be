#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# make.sh PROGRAM PYTHON OUTPUT: the figures that TINYRANK_FIGURE (empty: all) and TINYRANK_QUICK (empty or 0: printed
# sizes) ask for, and the report. A claim that was not reproduced is the report's to tell, and no failure of make.
set -eu

directory=$3/paper
set -- "$1" "$2"
program=$1 python=$2
set --
case ${TINYRANK_QUICK:-} in
  '' | 0) ;;
  *)
    # One thread: the sizes are too small for two.
    set -- --quick --threads 1
    directory=$directory-quick
    ;;
esac
[ -z "${TINYRANK_FIGURE:-}" ] || set -- "$@" --figure "$TINYRANK_FIGURE"
"$program" --output "$directory" "$@"
here=$(dirname "$0")
PYTHONDONTWRITEBYTECODE=1 "$python" "$here/report.py" "$directory" || [ $? -eq 4 ]
