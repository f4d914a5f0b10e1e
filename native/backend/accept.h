// The host's own check of a plug-in's answer. Nothing of it is believed: lengths and ranges first, so that nothing is read or
// written out of bounds; then every rule a flow must keep; then both objectives and the gap in one certificate pass over the problem
// (core/certificate.h), with which every claim must agree to the last bit; then that it proves what was asked for. What passes is
// copied, so that the plug-in's memory can be released.
#pragma once

#include "contract.h"
#include "failure.h"
#include "snapshot.h"

namespace outbid::backend {

// What was asked for, as far as it decides which answer will do.
struct Wanted {
  double gap = 0;
  bool hasDeadline = false;
};

// CERTIFICATE_FAILED with what is wrong, the same on any number of threads. Throws std::bad_alloc.
Failure accept(const outbid_answer& from, const Snapshot& problem, const Wanted& wanted, Answer& to, int32_t threads = 1);

}  // namespace outbid::backend
