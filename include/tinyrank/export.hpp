// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

/// Before every function that the library defines and a program may call. A shared library
/// (BUILD_SHARED_LIBS=ON) shows these and hides all else; a static one shows nothing to the users of what it
/// is linked into.
#if defined(TINYRANK_SHARED) && defined(__GNUC__) && !defined(_WIN32)
#define TINYRANK_API __attribute__((visibility("default")))
#else
#define TINYRANK_API
#endif

/// A table in a header, and a function that it points at: each shared object that takes the library in has
/// its own, and shows it to nobody. (Windows has no visibility: what is not exported is hidden.)
#if defined(__GNUC__) && !defined(_WIN32)
#define TINYRANK_LOCAL __attribute__((visibility("hidden")))
#else
#define TINYRANK_LOCAL
#endif
