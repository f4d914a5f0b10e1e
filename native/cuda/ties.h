// Ties. Equal pays, and equal bids, are decided by a hash of seed, demand and node: no node or demand is favoured by its index, and the
// outcome of a round does not depend on the order in which its bids arrive. For one node the mix is a bijection of the demand, so the keys
// of bids are all different and a round has exactly one outcome.
#pragma once

#include "board.h"

namespace outbid::cuda {

OUTBID_HD inline uint32_t mix(uint32_t z) {
  z = (z ^ (z >> 16)) * 0x7FEB352Du;
  z = (z ^ (z >> 15)) * 0x846CA68Bu;
  return z ^ (z >> 16);
}

OUTBID_HD inline uint32_t salt(uint64_t seed, int32_t node) {
  return mix(static_cast<uint32_t>(seed) ^ mix(static_cast<uint32_t>(seed >> 32) ^ mix(static_cast<uint32_t>(node) + 0x9E3779B9u)));
}

OUTBID_HD inline uint32_t tieOf(uint64_t seed, int32_t demand, int32_t node) {
  return mix(static_cast<uint32_t>(demand) ^ salt(seed, node));
}

// A non-negative amount, ties decided: keys of one node order its bids strictly.
OUTBID_HD inline uint64_t keyOf(int32_t amount, uint32_t saltOfNode, int32_t demand) {
  return static_cast<uint64_t>(static_cast<uint32_t>(amount)) << 32 | mix(static_cast<uint32_t>(demand) ^ saltOfNode);
}

OUTBID_HD inline Best nothing() {
  return {kOff, kOff, -1};
}

// Top two of two top twos, pays of different arcs. Commutative and associative.
struct MergeBest {
  uint64_t seed;
  int32_t demand;
  OUTBID_HD Best operator()(const Best& a, const Best& b) const {
    const int32_t higher = a.first > b.first ? a.first : b.first;
    const int32_t lower = a.second < b.second ? a.second : b.second;
    const Best& top = a.first < b.first || (a.first == b.first && before(a.node, b.node)) ? a : b;
    return {top.first, higher < lower ? higher : lower, top.node};
  }
  OUTBID_HD bool before(int32_t a, int32_t b) const {
    if (a < 0 || b < 0) return b < 0;
    const uint32_t tieA = tieOf(seed, demand, a);
    const uint32_t tieB = tieOf(seed, demand, b);
    return tieA < tieB || (tieA == tieB && a < b);
  }
};

}  // namespace outbid::cuda
