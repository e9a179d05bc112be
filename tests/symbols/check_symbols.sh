#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# check_symbols.sh NM ARCHIVE
#
# Fails when an object of the archive names an allocator, a printer, a way to end the program or the machinery of
# exceptions and static guards, or when an object *.isa.cpp.o (compiled for one instruction set) has a weak symbol: the
# linker could then hand its code to a processor that cannot run it.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: check_symbols.sh NM ARCHIVE" >&2
  exit 2
fi

listing=$("$1" -A -P "$2")

printf '%s\n' "$listing" | awk '
NF == 0 { next }
function complain(why) {
  printf "%s: %s (%s): %s\n", object, name, type, why
  bad = 1
}
{
  object = $1
  sub(/^.*\[/, "", object)
  sub(/\]:$/, "", object)
  name = $2
  type = $3
  ++seen
}
name ~ /^(__libc_)?(malloc|calloc|realloc|reallocarray|free|aligned_alloc|memalign|posix_memalign|valloc|strdup)$/ \
  || name ~ /^(_malloc_r|_calloc_r|_realloc_r|_free_r|_?_?sbrk)$/ { complain("allocates") }
# _ZnwmPv (on 32 bits _ZnwjPv) places an object in memory that is there; unoptimised, it is a function.
name ~ /^_Z(nw|na|dl|da)/ && name !~ /^_Znw[mj]Pv$/ { complain("allocates") }
name ~ /^_*[a-z]*printf(_chk)?$/ || name ~ /^_?_?(f?puts|f?putc|putchar|fwrite|perror)(_unlocked)?$/ \
  || name ~ /^_ZS(t4cout|t4cerr|t4clog|o)/ || name ~ /^_ZNSt8ios_base/ { complain("prints") }
name ~ /^(abort|exit|_exit|_Exit|quick_exit|atexit|at_quick_exit|raise|kill)$/ \
  || name ~ /^__assert/ || name ~ /^_ZS?t?9terminate/ || name ~ /^_ZSt10unexpected/ || name ~ /glibcxx_assert_fail/ {
  complain("ends the program")
}
name ~ /__cxa_/ || name ~ /__gxx_personality/ || name ~ /^_Unwind_/ || name ~ /^__aeabi_(unwind|atexit)/ \
  || name ~ /^_ZSt[0-9]+__throw_/ || name ~ /^_ZGV/ { complain("exceptions, static guards or static destructors") }
object ~ /\.isa\.cpp\.o(bj)?$/ { ++seen_isa }
object ~ /\.isa\.cpp\.o(bj)?$/ && type ~ /^[WwVvu]$/ { complain("weak symbol in an object for one instruction set") }
END {
  if (seen == 0) {
    print "no symbol was read: is this an archive of objects?"
    exit 1
  }
  if (seen_isa == 0) {
    print "no object is named *.isa.cpp.o: is this the whole library?"
    exit 1
  }
  exit bad
}' >&2
