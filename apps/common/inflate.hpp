// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinyrank::app {

/// Unpacks a stream of RFC 1951, which must give exactly out.size() bytes; false when it is broken or does
/// not.
bool inflate(std::span<const std::byte> packed, std::span<std::byte> out);

/// The checksum of zip files: CRC-32, polynomial 0xedb88320.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace tinyrank::app
