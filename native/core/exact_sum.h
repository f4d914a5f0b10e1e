// Exact sums of doubles times whole numbers, rounded once.
//
// A fixed-point number wide enough for every double: digits of 32 bits, the lowest worth 2^-1088, each in a signed 64-bit limb so
// that about 2^28 terms can be added before carries must move. Source: Kulisch's long accumulator; Neal, arXiv 1505.05571.
#pragma once

#include <cstdint>

namespace outbid {

class ExactSum {
 public:
  // += times * value. |times| < 2^63, value finite.
  void add(int64_t times, double value);
  // += times * other, times = 1 or -1.
  void addSum(int64_t times, const ExactSum& other);
  // The sum, rounded to the nearest double, ties to even.
  double round() const;

 private:
  static constexpr int kLimbs = 74;
  static constexpr int kLowest = -1088;
  void carry();
  int64_t limbs_[kLimbs] = {};
  int32_t pending_ = 0;
};

// A sum of two doubles without error: high + low, high the rounded sum.
struct Pair {
  double high = 0;
  double low = 0;
};

inline Pair twoSum(double a, double b) {
  const double s = a + b;
  const double t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

inline bool operator<(const Pair& a, const Pair& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}

}  // namespace outbid
