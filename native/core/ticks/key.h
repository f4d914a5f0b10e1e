// Costs and prices of a warm market: a cost and, in the low bits, a count of moves. Such a key adds and compares as one whole
// number, by cost first: among all optimal placements the repair then finds one that moves the fewest units since the last report.
//
// MUST, the cost of an unserved must-serve unit, is beyond any path of costs. Below it costs and prices keep to half of it; with
// 2 * largest cost * (nodes on a path + 1) <= kRange no sum of a search leaves the type. The narrow key holds what most markets need, the
// wide one all that the package accepts.
#pragma once

#include <cstdint>

namespace outbid::ticks {

template <class K, class C, int kMoveBits, int kMustBits>
struct KeyOf {
  using Cost = C;  // of an arc
  static constexpr int kShift = kMoveBits;
  static constexpr K kMust = static_cast<K>(1) << (kMustBits + kMoveBits);
  // A node without slots, an end that is none: above every sum, and twice of it still fits.
  static constexpr K kFar = kMust * 2;
  // Costs on the grid must keep 2C(hops + 1) within kRange and C within kLargest, searches must have fewer hops than kHops.
  static constexpr int64_t kRange = int64_t{1} << (kMustBits - 2);
  static constexpr int64_t kHops = int64_t{1} << (kMoveBits - 3);
  static constexpr int64_t kLargest = int64_t{1} << (sizeof(C) * 8 - 3);

  static K of(int64_t cost) { return static_cast<K>(cost) << kMoveBits; }
  // The nearest cost; what is left are the moves.
  static int64_t cost(K key) { return static_cast<int64_t>((key + (static_cast<K>(1) << (kMoveBits - 1))) >> kMoveBits); }
  static int64_t moves(K key) { return static_cast<int64_t>(key - of(cost(key))); }
};

template <class K>
struct Key;
template <>
struct Key<int64_t> : KeyOf<int64_t, int32_t, 20, 41> {};
template <>
struct Key<__int128> : KeyOf<__int128, int64_t, 40, 51> {};

}  // namespace outbid::ticks
