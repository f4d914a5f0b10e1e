// Three loops over the row of a full matrix, compiled for the vector units the machine has: the processor chooses once, when the library is loaded. Whole
// numbers only, so every version gives the same answer.
#pragma once

#include <cstdint>

namespace outbid {

// keys[a] = costs[a] + prices[a], for a row that has an arc to every node in order; returns the least of them.
int64_t denseRowKeys(const int64_t* costs, const int64_t* prices, int32_t count, int64_t* keys);

// The least of the keys, kInfinite if there are none.
int64_t leastKey(const int64_t* keys, int32_t count);

// How many of the keys do not exceed the limit.
int32_t countUpTo(const int64_t* keys, int32_t count, int64_t limit);

}  // namespace outbid
