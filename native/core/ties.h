// Equal pays are decided by a hash of (seed, demand, node), so that no node is favoured by its index.
#pragma once

#include <cstdint>

namespace outbid {

inline uint32_t tieHash(uint64_t seed, int32_t demand, int32_t node) {
  uint64_t z =
      seed * 0x9E3779B97F4A7C15ull ^ (static_cast<uint64_t>(static_cast<uint32_t>(demand)) << 32 | static_cast<uint32_t>(node));
  z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93ull;
  z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93ull;
  return static_cast<uint32_t>(z >> 32);
}

}  // namespace outbid
