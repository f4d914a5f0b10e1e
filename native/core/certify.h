// How a certificate (certificate.h) is summed up: one pass over the arcs, whatever they are read from and in which arithmetic.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <type_traits>
#include <vector>

#include "certificate.h"
#include "exact_sum.h"
#include "threads.h"

namespace outbid {

// Whole numbers: exact in 64 bits, summed in 128.
struct Whole {
  using Number = int64_t;
  struct Sum {
    __int128 value = 0;
    void add(int64_t times, int64_t v) { value += static_cast<__int128>(times) * v; }
    void addSum(int64_t times, const Sum& other) { value += times * other.value; }
    double round() const { return static_cast<double>(value); }
  };
  static int64_t pay(int64_t cost, int64_t price) { return cost + price; }
  static int64_t minus(int64_t a, int64_t b) { return a - b; }
  static int64_t lift(int64_t v) { return v; }
  static constexpr bool kFloat = false;
};

// Whole numbers kept in doubles: sums below 2^53 are exact, and the arrays are read as they are.
struct WholeDouble {
  using Number = double;
  struct Sum : Whole::Sum {
    void add(int64_t times, double v) { Whole::Sum::add(times, static_cast<int64_t>(v)); }
  };
  static double pay(double cost, double price) { return cost + price; }
  static double minus(double a, double b) { return a - b; }
  static double lift(double v) { return v; }
  static constexpr bool kFloat = false;
};

// Doubles: pays as error-free pairs, sums in the long accumulator.
struct Floating {
  using Number = Pair;
  struct Sum : ExactSum {
    using ExactSum::add;
    void add(int64_t times, const Pair& v) {
      ExactSum::add(times, v.high);
      ExactSum::add(times, v.low);
    }
  };
  static Pair pay(double cost, double price) { return twoSum(cost, price); }
  static Pair minus(double a, double b) { return twoSum(a, -b); }
  static Pair lift(double v) { return {v, 0}; }
  static constexpr bool kFloat = true;
};

inline bool positive(int64_t v) {
  return v > 0;
}
inline bool positive(double v) {
  return v > 0;
}
inline bool positive(const Pair& v) {
  return v.high > 0;
}
inline bool negative(const Pair& v) {
  return v.high < 0;
}
inline Pair flip(const Pair& v) {
  return {-v.high, -v.low};
}

// What a pass adds up, of some demands or of all.
template <class Arithmetic>
struct Sums {
  typename Arithmetic::Sum primal;
  typename Arithmetic::Sum dual;
  typename Arithmetic::Sum terms;     // of absolute values of the bound; float data only
  typename Arithmetic::Sum ownTerms;  // the same of the objective
  int64_t unplaced = 0;
  bool valid = true;

  void add(const Sums& other) {
    primal.addSum(1, other.primal);
    dual.addSum(1, other.dual);
    terms.addSum(1, other.terms);
    ownTerms.addSum(1, other.ownTerms);
    unplaced += other.unplaced;
    valid &= other.valid;
  }
  // Of float data alone.
  template <class Value>
  static void note(typename Arithmetic::Sum& sum, int64_t times, Value value) {
    if constexpr (Arithmetic::kFloat) {
      if constexpr (std::is_same_v<Value, Pair>)
        sum.add(times, negative(value) ? flip(value) : value);
      else
        sum.add(times, std::fabs(value));
    }
  }
};

// A Source says what the rows, nodes and flow are:
//   rows(), nodes(), begin(i), end(i), skip(a), node(i, a), cost(a), price(j)
//   units(i), mustServe(i), unserved(i), bounded(i), bound(a), left(i): units without a place, served(i, fn(arc, units))
//   capacity(j), tiers(j), tierSlots(j, t), tierSurcharge(j, t) with t from 0
// Demands from..to; carry(node, units): units that a node is given.
template <class Arithmetic, class Source, class Carry>
void certifyRows(const Source& s, int32_t from, int32_t to, Sums<Arithmetic>& sums, Carry carry) {
  using Number = typename Arithmetic::Number;
  struct Step {
    Number pay;
    int64_t bound;
    bool operator<(const Step& other) const { return pay < other.pay; }
  };
  std::vector<Step> steps;
  const auto note = [](auto& sum, int64_t times, auto value) { Sums<Arithmetic>::note(sum, times, value); };
  for (int32_t i = from; i < to; i++) {
    const int64_t units = s.units(i);
    const bool must = s.mustServe(i);
    int64_t placed = 0;
    s.served(i, [&](int32_t a, int64_t x) {
      if (x < 0 || x > s.bound(a)) sums.valid = false;
      placed += x;
      carry(static_cast<size_t>(s.node(i, a)), x);
      sums.primal.add(x, s.cost(a));
      note(sums.ownTerms, x, s.cost(a));
    });
    const int64_t left = units - placed;
    if (left < 0) sums.valid = false;
    if (left > 0 && must) {
      sums.unplaced += left;
    } else if (left > 0) {
      sums.primal.add(left, s.unserved(i));
      note(sums.ownTerms, left, s.unserved(i));
    }
    if (units == 0) continue;

    Number u{};
    bool found = !must;
    if (!must) u = Arithmetic::lift(s.unserved(i));
    if (!s.bounded(i)) {
      for (auto a = s.begin(i), end = s.end(i); a < end; a++) {
        if (s.skip(a)) continue;
        const Number pay = Arithmetic::pay(s.cost(a), s.price(s.node(i, a)));
        if (!found || pay < u) {
          u = pay;
          found = true;
        }
      }
    } else {
      steps.clear();
      for (auto a = s.begin(i), end = s.end(i); a < end; a++) {
        if (!s.skip(a)) steps.push_back({Arithmetic::pay(s.cost(a), s.price(s.node(i, a))), s.bound(a)});
      }
      std::sort(steps.begin(), steps.end());
      int64_t held = 0;
      for (const Step& step : steps) {
        if (found && !(step.pay < u)) break;
        held += std::min(step.bound, units);
        if (held < units && &step != &steps.back()) continue;
        if (held >= units || !found) u = step.pay;
        found = true;
        break;
      }
      for (const Step& step : steps) {
        if (!(step.pay < u)) break;
        if constexpr (Arithmetic::kFloat) {
          // a (u - pay): both are pairs, and their difference is added part by part.
          sums.dual.add(-step.bound, u);
          sums.dual.add(step.bound, step.pay);
          sums.terms.add(step.bound, u);
          sums.terms.add(-step.bound, step.pay);
        } else {
          sums.dual.add(-step.bound, u - step.pay);
        }
      }
    }
    if (!found) continue;  // must be served and has no arc: certainly unplaced, the bound stays below
    sums.dual.add(units, u);
    note(sums.terms, units, u);
  }
}

template <class Arithmetic, class Source>
Certificate certifyNodes(const Source& s, const Array<int64_t>& load, Sums<Arithmetic>& sums) {
  const auto note = [](auto& sum, int64_t times, auto value) { Sums<Arithmetic>::note(sum, times, value); };
  for (int32_t j = 0; j < s.nodes(); j++) {
    int64_t used = load[static_cast<size_t>(j)];
    if (used > s.capacity(j)) sums.valid = false;
    for (int32_t t = 0; t < s.tiers(j); t++) {
      const int64_t slots = s.tierSlots(j, t);
      const int64_t z = std::min(used, slots);
      used -= z;
      sums.primal.add(z, s.tierSurcharge(j, t));
      note(sums.ownTerms, z, s.tierSurcharge(j, t));
      if (slots == 0) continue;
      const auto above = Arithmetic::minus(s.price(j), s.tierSurcharge(j, t));
      if (!positive(above)) continue;
      sums.dual.add(-slots, above);
      note(sums.terms, slots, above);
    }
  }
  Certificate out;
  out.unplaced = sums.unplaced;
  out.valid = sums.valid;
  out.primal = out.unplaced > 0 ? INFINITY : sums.primal.round();
  out.dual = sums.dual.round();
  sums.primal.addSum(-1, sums.dual);
  out.gap = out.unplaced > 0 ? INFINITY : sums.primal.round();
  if constexpr (Arithmetic::kFloat) {
    out.primalTolerance = std::ldexp(sums.ownTerms.round(), -51);
    sums.terms.addSum(1, sums.ownTerms);
    out.tolerance = std::ldexp(sums.terms.round(), -51);
  }
  return out;
}

template <class Arithmetic, class Source>
Certificate certify(const Source& s) {
  Array<int64_t> load(static_cast<size_t>(s.nodes()), 0);
  Sums<Arithmetic> sums;
  certifyRows(s, 0, s.rows(), sums, [&](size_t node, int64_t units) { load[node] += units; });
  return certifyNodes(s, load, sums);
}

// The same on several threads: sums are exact, so their order is all the same. s.from(i) is a source that is asked from demand i on.
template <class Arithmetic, class Source>
Certificate certifyOn(int32_t threads, const Source& s) {
  constexpr int64_t kLeast = 1 << 16;  // arcs and demands worth a thread
  if (threads <= 1 || s.size() < 2 * kLeast) return certify<Arithmetic>(s);
  Array<int64_t> load(static_cast<size_t>(s.nodes()), 0);
  const int64_t pieces = std::min<int64_t>({s.size() / kLeast, 4 * static_cast<int64_t>(threads), s.rows()});
  std::vector<Sums<Arithmetic>> sums(static_cast<size_t>(pieces));
  onThreads(threads, sums.size(), [&](size_t p) {
    const auto start = [&](int64_t piece) { return static_cast<int32_t>(s.rows() * piece / pieces); };
    const int32_t first = start(static_cast<int64_t>(p));
    certifyRows(s.from(first), first, start(static_cast<int64_t>(p) + 1), sums[p], [&](size_t node, int64_t units) {
      std::atomic_ref<int64_t>(load[node]).fetch_add(units, std::memory_order_relaxed);
    });
  });
  for (size_t p = 1; p < sums.size(); p++) sums[0].add(sums[p]);
  return certifyNodes(s, load, sums[0]);
}

}  // namespace outbid
