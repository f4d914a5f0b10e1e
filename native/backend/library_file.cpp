#include "library_file.h"

#if defined(__linux__)
#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#endif

namespace outbid::backend {

#if defined(__linux__)
bool isCutShort(const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return false;
  const std::streamoff length = in.tellg();
  if (length < 0) return false;  // a folder, a device
  const uint64_t size = static_cast<uint64_t>(length);
  const auto read = [&](uint64_t at, void* to, size_t bytes) {
    if (at > size || bytes > size - at) return false;
    in.seekg(static_cast<std::streamoff>(at));
    in.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes));
    return static_cast<bool>(in);
  };
  char magic[SELFMAG];
  if (!read(0, magic, sizeof(magic)) || std::memcmp(magic, ELFMAG, SELFMAG) != 0) return false;
  ElfW(Ehdr) header;
  if (!read(0, &header, sizeof(header))) return true;
  if (header.e_phentsize != sizeof(ElfW(Phdr))) return false;
  for (uint64_t k = 0; k < header.e_phnum; k++) {
    ElfW(Phdr) segment;
    if (!read(header.e_phoff + k * sizeof(segment), &segment, sizeof(segment))) return true;
    if (segment.p_type == PT_LOAD && (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)) return true;
  }
  return false;
}
#else
bool isCutShort(const std::string&) {
  return false;
}
#endif

}  // namespace outbid::backend
