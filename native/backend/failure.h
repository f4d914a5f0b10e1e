// Why there is no answer: the code the caller will see, and words for it. No code: there is one.
#pragma once

#include <string>

#include "../core/solve.h"

namespace outbid::backend {

struct Failure {
  const char* code = nullptr;  // a literal; nullptr: none
  std::string detail;          // may be empty
  explicit operator bool() const { return code != nullptr; }
};

inline const char* faultCode(Fault fault) {
  switch (fault) {
    case Fault::kNone: return nullptr;
    case Fault::kProblemChanged: return "PROBLEM_CHANGED";
    case Fault::kCostRange: return "COST_RANGE";
    case Fault::kOutOfMemory: return "OUT_OF_MEMORY";
    case Fault::kCertificateFailed: return "CERTIFICATE_FAILED";
  }
  return "INTERNAL";
}

}  // namespace outbid::backend
