#include "row_scan.h"

#include "classes.h"

// The choice at load time is the C library's: glibc has it, musl does not. Sanitizers start after it and trip.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__has_attribute) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
#if __has_attribute(target_clones)
#define OUTBID_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef OUTBID_VECTOR_CLONES
#define OUTBID_VECTOR_CLONES
#endif

namespace outbid {

OUTBID_VECTOR_CLONES
int64_t denseRowKeys(const int64_t* costs, const int64_t* prices, int32_t count, int64_t* keys) {
  int64_t least = kInfinite;
  for (int32_t a = 0; a < count; a++) {
    const int64_t key = costs[a] + prices[a];
    keys[a] = key;
    least = key < least ? key : least;
  }
  return least;
}

OUTBID_VECTOR_CLONES
int64_t leastKey(const int64_t* keys, int32_t count) {
  int64_t least = kInfinite;
  for (int32_t a = 0; a < count; a++) least = keys[a] < least ? keys[a] : least;
  return least;
}

OUTBID_VECTOR_CLONES
int32_t countUpTo(const int64_t* keys, int32_t count, int64_t limit) {
  int32_t found = 0;
  for (int32_t a = 0; a < count; a++) found += keys[a] <= limit ? 1 : 0;
  return found;
}

}  // namespace outbid
