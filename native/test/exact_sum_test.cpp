// The long accumulator: exact whatever the order and the size of the terms, rounded once to nearest even.
#include "exact_sum.h"

#include <cmath>
#include <limits>

#include "check.h"
#include "random_problem.h"

using namespace outbid;
using namespace outbid::test;

int main() {
  {
    context("huge terms cancel and leave the small one");
    ExactSum s;
    s.add(1, 1e300);
    s.add(3, 1e-300);
    s.add(-1, 1e300);
    CHECK(s.round() == 3 * 1e-300);
  }
  {
    context("ties round to even, a hair above does not");
    ExactSum s;
    s.add(1, 0x1p53);
    s.add(1, 1.0);
    CHECK(s.round() == 0x1p53);
    s.add(1, 0x1p-900);
    CHECK(s.round() == 0x1p53 + 2);
    s.add(-2, 0x1p-900);
    CHECK(s.round() == 0x1p53);
  }
  {
    context("the smallest and the largest doubles");
    ExactSum s;
    s.add(1, std::numeric_limits<double>::denorm_min());
    CHECK(s.round() == std::numeric_limits<double>::denorm_min());
    s.add(int64_t{1} << 60, std::numeric_limits<double>::denorm_min());
    CHECK(s.round() == std::ldexp(1.0, 60 - 1074));
    ExactSum t;
    t.add(-1, std::numeric_limits<double>::max());
    CHECK(t.round() == -std::numeric_limits<double>::max());
  }
  Random random(42);
  for (int round = 0; round < 2000; round++) {
    context("whole numbers times powers of two, round %d", round);
    ExactSum s;
    ExactSum backwards;
    __int128 whole = 0;
    int64_t times[20];
    double value[20];
    for (int q = 0; q < 20; q++) {
      times[q] = random.in(-2000000000, 2000000000);
      const int64_t v = random.in(-(int64_t{1} << 40), int64_t{1} << 40);
      value[q] = std::ldexp(static_cast<double>(v), -200);
      whole += static_cast<__int128>(times[q]) * v;
      s.add(times[q], value[q]);
    }
    for (int q = 19; q >= 0; q--) backwards.add(times[q], value[q]);
    CHECK(s.round() == std::ldexp(static_cast<double>(whole), -200));
    CHECK(backwards.round() == s.round());
    backwards.addSum(-1, s);
    CHECK(backwards.round() == 0);
  }
  for (int round = 0; round < 2000; round++) {
    context("twoSum loses nothing, round %d", round);
    const double a = (random.unit() - 0.5) * std::pow(10.0, static_cast<double>(random.in(-20, 20)));
    const double b = (random.unit() - 0.5) * std::pow(10.0, static_cast<double>(random.in(-20, 20)));
    const Pair p = twoSum(a, b);
    ExactSum s;
    s.add(1, a);
    s.add(1, b);
    s.add(-1, p.high);
    s.add(-1, p.low);
    CHECK(s.round() == 0);
    CHECK(p.high == a + b);
  }
  return report("exact_sum");
}
