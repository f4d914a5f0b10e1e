#include "exact_sum.h"

#include <bit>
#include <cmath>

namespace outbid {

using Wide = unsigned __int128;

void ExactSum::carry() {
  for (int k = 0; k + 1 < kLimbs; k++) {
    const int64_t up = limbs_[k] >> 32;  // rounds down: the digit left is in [0, 2^32)
    limbs_[k] -= up * (int64_t{1} << 32);
    limbs_[k + 1] += up;
  }
  pending_ = 0;
}

void ExactSum::add(int64_t times, double value) {
  if (times == 0 || value == 0) return;
  // |value| = mantissa * 2^(exponent - 1075), read from its bits: frexp and ldexp are calls.
  const uint64_t image = std::bit_cast<uint64_t>(value);
  int exponent = static_cast<int>(image >> 52 & 0x7ff);
  uint64_t mantissa = image & ((uint64_t{1} << 52) - 1);
  if (exponent == 0)
    exponent = 1;  // subnormal
  else
    mantissa |= uint64_t{1} << 52;
  const bool negative = (times < 0) != (image >> 63 != 0);
  const uint64_t a = times < 0 ? ~static_cast<uint64_t>(times) + 1 : static_cast<uint64_t>(times);
  Wide product = static_cast<Wide>(a) * mantissa;
  const int shift = exponent - 1075 - kLowest;  // 14 at least
  int limb = shift / 32;
  const int offset = shift % 32;
  const auto put = [&](int k, uint64_t digit) {
    limbs_[k] += negative ? -static_cast<int64_t>(digit) : static_cast<int64_t>(digit);
  };
  if (static_cast<uint64_t>(product >> 64) == 0) {
    // Three digits at most.
    product <<= offset;
    put(limb, static_cast<uint64_t>(product) & 0xffffffffu);
    put(limb + 1, static_cast<uint64_t>(product) >> 32);
    put(limb + 2, static_cast<uint64_t>(product >> 64));
  } else {
    for (; product != 0; product >>= 32, limb++) {
      const uint64_t digit = static_cast<uint64_t>(product & 0xffffffffu) << offset;
      put(limb, digit & 0xffffffffu);
      put(limb + 1, digit >> 32);
    }
  }
  if (++pending_ >= (1 << 28)) carry();
}

void ExactSum::addSum(int64_t times, const ExactSum& other) {
  ExactSum copy = other;
  copy.carry();
  carry();
  for (int k = 0; k < kLimbs; k++) limbs_[k] += times * copy.limbs_[k];
  pending_ = 1;
}

double ExactSum::round() const {
  ExactSum s = *this;
  s.carry();
  const bool negative = s.limbs_[kLimbs - 1] < 0;
  if (negative) {
    for (int64_t& limb : s.limbs_) limb = -limb;
    s.carry();
  }
  int top = kLimbs - 1;
  while (top >= 0 && s.limbs_[top] == 0) top--;
  if (top < 0) return 0;
  // The top three digits hold at least 65 significant bits; what is below only matters as "something".
  Wide bits = 0;
  for (int k = top; k > top - 3; k--) bits = bits << 32 | (k >= 0 ? static_cast<uint64_t>(s.limbs_[k]) : 0);
  bool rest = false;
  for (int k = top - 3; k >= 0 && !rest; k--) rest = s.limbs_[k] != 0;
  int exponent = kLowest + 32 * (top - 2);
  const uint64_t upper = static_cast<uint64_t>(bits >> 64);
  const int width = upper != 0 ? 128 - std::countl_zero(upper) : 64 - std::countl_zero(static_cast<uint64_t>(bits));
  if (width > 60) {
    const int drop = width - 60;
    rest |= (bits & ((Wide{1} << drop) - 1)) != 0;
    bits >>= drop;
    exponent += drop;
  }
  const uint64_t rounded = static_cast<uint64_t>(bits) | (rest ? 1 : 0);
  const double value = std::ldexp(static_cast<double>(rounded), exponent);
  return negative ? -value : value;
}

}  // namespace outbid
