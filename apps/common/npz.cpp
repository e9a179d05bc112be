// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "npz.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"
#include "inflate.hpp"
#include "memory.hpp"
#include "piped_file.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view extension = ".npz:";

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t k = bytes.size(); k-- > 0;) value = (value << 8U) | static_cast<unsigned char>(bytes[k]);
  return value;
}

/// What the directory of an archive says of a member.
struct archive_member {
  std::string name;  ///< without .npy
  unsigned flags = 0, method = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed_size = 0, size = 0, header_offset = 0;
};

/// Reads the directory of a zip file.
class archive_directory {
 public:
  explicit archive_directory(const input_file& file) : file_(file) {
    find_end();
    // Each entry takes 46 bytes at least.
    if (size_ > file.size() || offset_ > file.size() - size_ || count_ > size_ / 46) fail();
    const std::string bytes = read(offset_, static_cast<std::size_t>(size_));
    std::string_view rest = bytes;
    for (std::uint64_t k = 0; k < count_; ++k) members_.push_back(take_member(rest));
  }

  [[nodiscard]] const std::vector<archive_member>& members() const noexcept { return members_; }

 private:
  [[noreturn]] void fail() const { throw file_error(file_.path(), "is no npz archive, or a broken one"); }

  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t bytes) const {
    if (offset > file_.size() || bytes > file_.size() - offset) fail();
    std::string text(bytes, '\0');
    file_.read_exact(offset, text.data(), bytes);
    return text;
  }

  void find_end() {
    constexpr std::size_t length = 22, longest_comment = 65535;
    if (file_.size() < length) fail();
    const auto searched =
        static_cast<std::size_t>(std::min<std::uint64_t>(file_.size(), length + longest_comment));
    const std::uint64_t start = file_.size() - searched;
    const std::string tail = read(start, searched);
    const std::size_t found = tail.rfind("PK\5\6", searched - length);
    if (found == std::string::npos) fail();
    const std::string_view end = std::string_view(tail).substr(found);
    count_ = little_endian(end.substr(10, 2));
    size_ = little_endian(end.substr(12, 4));
    offset_ = little_endian(end.substr(16, 4));
    if (count_ == 0xffff || size_ == 0xffffffff || offset_ == 0xffffffff) find_large_end(start + found);
  }

  /// The fields of 64 bits, before the end.
  void find_large_end(std::uint64_t end) {
    constexpr std::size_t locator_length = 20, length = 56;
    if (end < locator_length) fail();
    const std::string locator = read(end - locator_length, locator_length);
    if (!locator.starts_with("PK\6\7")) fail();
    const std::string found = read(little_endian(std::string_view(locator).substr(8, 8)), length);
    if (!found.starts_with("PK\6\6")) fail();
    const std::string_view text = found;
    count_ = little_endian(text.substr(32, 8));
    size_ = little_endian(text.substr(40, 8));
    offset_ = little_endian(text.substr(48, 8));
  }

  archive_member take_member(std::string_view& rest) const {
    constexpr std::size_t length = 46;
    if (rest.size() < length || !rest.starts_with("PK\1\2")) fail();
    const auto field = [&](std::size_t at, std::size_t bytes) {
      return little_endian(rest.substr(at, bytes));
    };
    archive_member member;
    member.flags = static_cast<unsigned>(field(8, 2));
    member.method = static_cast<unsigned>(field(10, 2));
    member.checksum = static_cast<std::uint32_t>(field(16, 4));
    member.packed_size = field(20, 4);
    member.size = field(24, 4);
    member.header_offset = field(42, 4);
    const auto name = static_cast<std::size_t>(field(28, 2)), extra = static_cast<std::size_t>(field(30, 2)),
               comment = static_cast<std::size_t>(field(32, 2));
    if (rest.size() - length < name + extra + comment) fail();
    member.name = rest.substr(length, name);
    if (member.name.ends_with(".npy")) member.name.resize(member.name.size() - 4);
    read_large_fields(rest.substr(length + name, extra), member);
    rest.remove_prefix(length + name + extra + comment);
    return member;
  }

  /// Sizes of 64 bits, for those that are all ones.
  void read_large_fields(std::string_view extra, archive_member& member) const {
    while (extra.size() >= 4) {
      const std::uint64_t kind = little_endian(extra.substr(0, 2));
      const auto length = static_cast<std::size_t>(little_endian(extra.substr(2, 2)));
      if (length > extra.size() - 4) fail();
      std::string_view fields = extra.substr(4, length);
      extra.remove_prefix(4 + length);
      if (kind != 1) continue;
      for (std::uint64_t* field : {&member.size, &member.packed_size, &member.header_offset}) {
        if (*field != 0xffffffff) continue;
        if (fields.size() < 8) fail();
        *field = little_endian(fields.substr(0, 8));
        fields.remove_prefix(8);
      }
    }
  }

  const input_file& file_;
  std::uint64_t count_ = 0, size_ = 0, offset_ = 0;
  std::vector<archive_member> members_;
};

std::string listed(const std::vector<archive_member>& members) {
  constexpr std::size_t most = 8;
  std::string names;
  for (std::size_t k = 0; k < std::min(members.size(), most); ++k) {
    names += (k == 0 ? "" : ", ") + printable(members[k].name);
  }
  return members.empty() ? "nothing" : names + (members.size() > most ? ", ..." : "");
}

/// Where the bytes of the member start.
std::uint64_t data_offset(const input_file& file, const archive_member& member, const std::string& path) {
  constexpr std::size_t length = 30;
  std::string header(length, '\0');
  // A file that has a directory is longer than that.
  if (member.header_offset > file.size() - length) throw file_error(path, "the archive is broken");
  file.read_exact(member.header_offset, header.data(), length);
  const std::string_view text = header;
  const std::uint64_t start =
      member.header_offset + length + little_endian(text.substr(26, 2)) + little_endian(text.substr(28, 2));
  if (!header.starts_with("PK\3\4") || start > file.size() || member.packed_size > file.size() - start)
    throw file_error(path, "the archive is broken");
  // A directory that points into another member, or at a damaged one.
  std::string name(static_cast<std::size_t>(little_endian(text.substr(26, 2))), '\0');
  file.read_exact(member.header_offset + length, name.data(), name.size());
  if (name != member.name && name != member.name + ".npy") throw file_error(path, "the archive is broken");
  return start;
}

input_file unpack(const input_file& file, const archive_member& member, std::uint64_t start,
                  const std::string& path) {
  // No stream gives more than 1032 times its size.
  constexpr std::uint64_t most = 1032;
  if (member.size / most > member.packed_size + 1) throw file_error(path, "the archive is broken");
  require_memory(path, member.packed_size + member.size);
  std::vector<std::byte> packed(static_cast<std::size_t>(member.packed_size)),
      bytes(static_cast<std::size_t>(member.size));
  file.read_exact(start, packed.data(), packed.size());
  if (!inflate(packed, bytes) || crc32(bytes) != member.checksum)
    throw file_error(path, "cannot be unpacked: its bytes are damaged");
  return {path, std::move(bytes)};
}

/// The colon before the name of the member, or npos. A pipe has no name that ends in .npz.
std::size_t colon_of(const std::string& path) {
  const std::size_t found = path.rfind(extension);
  if (found != std::string::npos) return found + extension.size() - 1;
  const std::size_t colon = path.rfind(':');
  if (colon == std::string::npos) return colon;
  const std::string before = path.substr(0, colon);
  struct stat status {};
  const bool is_pipe = is_piped(before) || (::stat(before.c_str(), &status) == 0 &&
                                            !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
  return is_pipe ? colon : std::string::npos;
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

bool names_member(const std::string& path) {
  return colon_of(path) != std::string::npos && !exists(path);
}

std::string file_of(const std::string& path) {
  return names_member(path) ? path.substr(0, colon_of(path)) : path;
}

input_file open_array(const std::string& path) {
  input_file file(file_of(path));
  std::array<char, 2> start{};
  if (file.size() >= start.size()) file.read_exact(0, start.data(), start.size());
  const bool named = names_member(path);
  if (!named && (start[0] != 'P' || start[1] != 'K')) return file;
  const archive_directory directory(file);
  const std::string name = named ? path.substr(colon_of(path) + 1) : "";
  const auto& members = directory.members();
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const archive_member& member) { return member.name == name; });
  if (!named) {
    throw file_error(path, "is an archive of " + listed(members) + "; name one, as in " +
                               printable(file.path()) + ":" +
                               (members.empty() ? "NAME" : printable(members[0].name)));
  }
  if (found == members.end()) {
    throw file_error(file.path(), "holds " + listed(members) + ", and no " + in_quotes(name));
  }
  constexpr unsigned encrypted = 1, stored = 0, deflated = 8;
  if ((found->flags & encrypted) != 0) throw file_error(path, "is encrypted");
  const std::uint64_t offset = data_offset(file, *found, path);
  if (found->method == deflated) return unpack(file, *found, offset, path);
  if (found->method != stored) {
    throw file_error(path, "is compressed by method " + std::to_string(found->method) +
                               "; stored and deflated members are read");
  }
  if (found->size != found->packed_size) throw file_error(path, "the archive is broken");
  return std::move(file).take_part(path, offset, found->size);
}

}  // namespace tinyrank::app
