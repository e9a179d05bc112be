// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "input_file.hpp"

namespace tinyrank::app {

/// Whether the path is "FILE.npz:NAME" or "PIPE:NAME", a member of an archive as numpy.savez writes it, and
/// no file has this name itself.
bool names_member(const std::string& path);

/// The path of the file that holds it: without ":NAME".
std::string file_of(const std::string& path);

/// The npy file, or the member: where it is stored, as the part of the file, whose checksum is not looked at,
/// and where it is compressed, in memory. Errors: input_error for an archive without a name, which lists the
/// members, for one that is not there, for a broken archive, and for members that are encrypted or compressed
/// in another way.
input_file open_array(const std::string& path);

}  // namespace tinyrank::app
