// Whether a shared library's file is whole. The system's loader maps what the headers promise without asking the file's length: a
// library whose copying or download was cut short ends the process with a signal instead of an error.
#pragma once

#include <string>

namespace outbid::backend {

// True for an ELF file that is shorter than its headers say; false for all else, which is for the loader to judge.
bool isCutShort(const std::string& file);

}  // namespace outbid::backend
