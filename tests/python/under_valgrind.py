# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Every refusal, every operator and every way to run, for valgrind; by hand, for it takes minutes:

    PYTHONMALLOC=malloc OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=build/host/python \\
      valgrind --leak-check=no python3 tests/python/under_valgrind.py

Of version 0.1.0 with Debian's valgrind 3.19, numpy 1.24 and Python 3.11 it reported nothing but four reads of the dynamic
loader's own strncmp, which glibc does eight bytes at a time.

Or for the address sanitizer, of gcc, which has to be there before Python is:

    cmake -B build/python-asan -DTINYRANK_BUILD_PYTHON=ON -DTINYRANK_BUILD_TESTS=OFF -DCMAKE_CXX_FLAGS=-fsanitize=address
    cmake --build build/python-asan --target python
    ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libstdc++.so.6)" \\
      PYTHONPATH=build/python-asan/python python3 tests/python/under_valgrind.py

It reported nothing, with the module compiled so and the library, which the preset asan tests, as it is.
"""

import conftest
import numpy as np
import test_input
import test_operators
import test_own_operator
import tinyrank as tr

for number in range(len(test_input.REFUSED)):
    test_input.test_refused_with_the_name_of_the_argument(number)
test_input.test_y_of_any_layout_gives_the_same_bits()
test_input.test_what_is_no_array_is_taken_too()
test_operators.test_arrays_of_any_layout_give_the_same_bits()
test_operators.test_vectors_that_lie_well_are_not_copied(np.float32)
for name in test_own_operator.BAD:
    test_own_operator.test_what_a_verb_raises_or_returns_wrongly_is_raised(name)
for dtype in (np.float32, np.float64):
    for make in conftest.samples(dtype).values():
        operator = make()
        u = conftest.draw_factor(operator, dtype=dtype)
        y = operator.measure(u)
        operator.adjoint_times(y, u)
        tr.recover(operator, y, rank=2, pass_limit=30)
        tr.ridge(operator, y, ridge=0.1, iteration_limit=3)
        for mine in (operator, conftest.Mirror(operator)):
            tr.gradient_descent(mine, y, rank=2, iteration_limit=3)
