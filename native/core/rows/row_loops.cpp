#include "rows/row_loops.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>

#include "ties.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define OUTBID_X86 1
#endif

// Lanes never cross a function that is not inlined.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace outbid {

namespace {
constexpr uint32_t kRowRing = 16;     // demands on their way from the stack to their bid; on entry the place of the row is fetched,
constexpr uint32_t kRowAhead = 8;     // this many bids before its turn the row itself
constexpr int32_t kFetchedLines = 4;  // of a row, at most
constexpr int32_t kBidAhead = 16;     // demands between fetching a bid and setting it, in the sweep of a restart
constexpr int64_t kRowPollEvery = 256;  // bids between two looks at the control
constexpr int64_t kListBids = 40;       // bids a demand in one phase after which a war is no matter of lists any more
// The same of sparse rows, which are then tried anew without lists. An inference network of 150,000 x 12,500 x 389: 8.6 s with 40 and no new
// start, 2.9 s without lists.
constexpr int64_t kSparseListBids = 8;
constexpr int32_t kListSample = 64;  // vectors of a row looked at to place the threshold of its short list
constexpr int64_t kRowWarBids = 3;   // bids per demand and node before it counts as a price war
// The same on whole rows, once lists were given up. Inference networks: 5 bids end the phase there; raising at 3 took 3.5 s instead of 2.2.
constexpr int64_t kWholeRowWarBids = 12;
}  // namespace

namespace portable {
#define OUTBID_UNIT_NAME "portable"
#include "rows/unit.inc"
#undef OUTBID_UNIT_NAME
}  // namespace portable

#if defined(OUTBID_X86)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#endif
namespace avx2 {
#define OUTBID_AVX2 1
#define OUTBID_UNIT_NAME "avx2"
#include "rows/unit.inc"
#undef OUTBID_UNIT_NAME
#undef OUTBID_AVX2
}  // namespace avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

const RowLoops& rowLoops(const char* name) {
#if defined(OUTBID_X86)
  const bool usable = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (usable && (name == nullptr || std::strcmp(name, "avx2") == 0)) return avx2::kLoops;
#endif
  static_cast<void>(name);
  return portable::kLoops;
}

}  // namespace outbid
