#include "certificate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <type_traits>

#include "exact_sum.h"
#include "solve.h"

namespace outbid {

namespace {

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

// A Source says what the rows, nodes and flow are:
//   rows(), nodes(), begin(i), end(i), skip(a), node(a), cost(a), price(j)
//   units(i), mustServe(i), unserved(i), bounded(i), bound(a), left(i): units without a place, served(i, fn(arc, units))
//   capacity(j), tiers(j), tierSlots(j, t), tierSurcharge(j, t) with t from 0
template <class Arithmetic, class Source>
Certificate certify(const Source& s) {
  using Number = typename Arithmetic::Number;
  using Sum = typename Arithmetic::Sum;
  Certificate out;
  Sum primal;
  Sum dual;
  Sum terms;     // of absolute values of the bound; float data only
  Sum ownTerms;  // the same of the objective
  bool valid = true;
  Array<int64_t> load(static_cast<size_t>(s.nodes()), 0);
  struct Step {
    Number pay;
    int64_t bound;
    bool operator<(const Step& other) const { return pay < other.pay; }
  };
  std::vector<Step> steps;
  const auto note = [](Sum& sum, int64_t times, auto value) {
    if constexpr (Arithmetic::kFloat) {
      if constexpr (std::is_same_v<decltype(value), Pair>)
        sum.add(times, negative(value) ? flip(value) : value);
      else
        sum.add(times, std::fabs(value));
    }
  };

  for (int32_t i = 0; i < s.rows(); i++) {
    const int64_t units = s.units(i);
    const bool must = s.mustServe(i);
    int64_t placed = 0;
    s.served(i, [&](int32_t a, int64_t x) {
      if (x < 0 || x > s.bound(a)) valid = false;
      placed += x;
      load[static_cast<size_t>(s.node(a))] += x;
      primal.add(x, s.cost(a));
      note(ownTerms, x, s.cost(a));
    });
    const int64_t left = units - placed;
    if (left < 0) valid = false;
    if (left > 0 && must) {
      out.unplaced += left;
    } else if (left > 0) {
      primal.add(left, s.unserved(i));
      note(ownTerms, left, s.unserved(i));
    }
    if (units == 0) continue;

    Number u{};
    bool found = !must;
    if (!must) u = Arithmetic::lift(s.unserved(i));
    if (!s.bounded(i)) {
      for (auto a = s.begin(i), end = s.end(i); a < end; a++) {
        if (s.skip(a)) continue;
        const Number pay = Arithmetic::pay(s.cost(a), s.price(s.node(a)));
        if (!found || pay < u) {
          u = pay;
          found = true;
        }
      }
    } else {
      steps.clear();
      for (auto a = s.begin(i), end = s.end(i); a < end; a++) {
        if (!s.skip(a)) steps.push_back({Arithmetic::pay(s.cost(a), s.price(s.node(a))), s.bound(a)});
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
          dual.add(-step.bound, u);
          dual.add(step.bound, step.pay);
          terms.add(step.bound, u);
          terms.add(-step.bound, step.pay);
        } else {
          dual.add(-step.bound, u - step.pay);
        }
      }
    }
    if (!found) continue;  // must be served and has no arc: certainly unplaced, the bound stays below
    dual.add(units, u);
    note(terms, units, u);
  }

  for (int32_t j = 0; j < s.nodes(); j++) {
    int64_t used = load[static_cast<size_t>(j)];
    if (used > s.capacity(j)) valid = false;
    for (int32_t t = 0; t < s.tiers(j); t++) {
      const int64_t slots = s.tierSlots(j, t);
      const int64_t z = std::min(used, slots);
      used -= z;
      primal.add(z, s.tierSurcharge(j, t));
      note(ownTerms, z, s.tierSurcharge(j, t));
      if (slots == 0) continue;
      const auto above = Arithmetic::minus(s.price(j), s.tierSurcharge(j, t));
      if (!positive(above)) continue;
      dual.add(-slots, above);
      note(terms, slots, above);
    }
  }
  out.valid = valid;
  out.primal = out.unplaced > 0 ? INFINITY : primal.round();
  out.dual = dual.round();
  primal.addSum(-1, dual);
  out.gap = out.unplaced > 0 ? INFINITY : primal.round();
  if constexpr (Arithmetic::kFloat) {
    out.primalTolerance = std::ldexp(ownTerms.round(), -51);
    terms.addSum(1, ownTerms);
    out.tolerance = std::ldexp(terms.round(), -51);
  }
  return out;
}

// The market's classes and blocks.
struct MarketSource {
  const Market& market;
  const Classes& k = market.k;
  int32_t rows() const { return k.classes; }
  int32_t nodes() const { return k.nodes; }
  int32_t begin(int32_t i) const { return k.offset[static_cast<size_t>(i)]; }
  int32_t end(int32_t i) const { return k.offset[static_cast<size_t>(i) + 1]; }
  bool skip(int32_t) const { return false; }
  int32_t node(int32_t a) const { return k.node[static_cast<size_t>(a)]; }
  int64_t units(int32_t i) const { return k.units[static_cast<size_t>(i)]; }
  bool mustServe(int32_t i) const { return k.mustServe(i); }
  bool bounded(int32_t i) const { return k.isBounded[static_cast<size_t>(i)] != 0; }
  int64_t bound(int32_t a) const { return k.bounded ? k.bound[static_cast<size_t>(a)] : kInfinite; }
  int64_t capacity(int32_t j) const { return k.capacity[static_cast<size_t>(j)]; }
  int32_t tiers(int32_t j) const { return k.tierOffset[static_cast<size_t>(j) + 1] - k.tierOffset[static_cast<size_t>(j)]; }
  size_t tier(int32_t j, int32_t t) const { return static_cast<size_t>(k.tierOffset[static_cast<size_t>(j)] + t); }
  int64_t tierSlots(int32_t j, int32_t t) const { return k.tierSlots[tier(j, t)]; }
  template <class F>
  void served(int32_t i, F fn) const {
    market.prefetchBlock(i);
    for (int32_t id = market.state[static_cast<size_t>(i)].head; id >= 0; id = market.block(id).next)
      fn(market.block(id).arc, market.block(id).count);
  }
};

struct WholeMarket : MarketSource {
  int64_t cost(int32_t a) const { return k.cost[static_cast<size_t>(a)]; }
  int64_t price(int32_t j) const { return std::max<int64_t>(0, market.price[static_cast<size_t>(j)]); }
  int64_t unserved(int32_t i) const { return k.unserved[static_cast<size_t>(i)]; }
  int64_t tierSurcharge(int32_t j, int32_t t) const { return k.tierSurcharge[tier(j, t)]; }
};

struct FloatMarket : MarketSource {
  const double* prices;
  double cost(int32_t a) const { return k.exactCost[static_cast<size_t>(a)]; }
  double price(int32_t j) const { return prices[j]; }
  double unserved(int32_t i) const { return k.exactUnserved[static_cast<size_t>(i)]; }
  double tierSurcharge(int32_t j, int32_t t) const { return k.exactTierSurcharge[tier(j, t)]; }
};

// The caller's own arrays and placements, as they are.
template <class Cost>
struct ViewSource {
  const ProblemView& view;
  const double* prices;
  const int32_t* placedArcs;
  const int32_t* placedUnits;
  size_t placed;
  double sign;
  mutable size_t at = 0;
  int32_t rows() const { return view.demands; }
  int32_t nodes() const { return view.nodes; }
  int64_t begin(int32_t i) const { return view.offsets == nullptr ? static_cast<int64_t>(i) * view.nodes : view.offsets[i]; }
  int64_t end(int32_t i) const { return view.offsets == nullptr ? static_cast<int64_t>(i + 1) * view.nodes : view.offsets[i + 1]; }
  bool skip(int64_t a) const { return view.offsets == nullptr && std::isinf(cost(a)); }
  int32_t node(int64_t a) const { return view.targets == nullptr ? static_cast<int32_t>(a % view.nodes) : view.targets[a]; }
  double cost(int64_t a) const { return sign * static_cast<double>(static_cast<const Cost*>(view.costs.data)[a]); }
  double price(int32_t j) const { return prices[j]; }
  int64_t units(int32_t i) const { return view.units.at(static_cast<size_t>(i)); }
  bool mustServe(int32_t i) const { return view.unservedCost.at(static_cast<size_t>(i)) == INFINITY; }
  double unserved(int32_t i) const { return view.unservedCost.at(static_cast<size_t>(i)); }
  bool bounded(int32_t) const { return view.arcCapacity.each != nullptr || view.arcCapacity.all != kNoBound; }
  int64_t bound(int64_t a) const { return view.arcCapacity.at(static_cast<size_t>(a)); }
  int64_t capacity(int32_t j) const { return view.capacity.at(static_cast<size_t>(j)); }
  // A node without tiers has one, of surcharge 0.
  bool hasTiers(int32_t j) const { return view.tierOffsets != nullptr && view.tierOffsets[j + 1] > view.tierOffsets[j]; }
  int32_t tiers(int32_t j) const { return hasTiers(j) ? view.tierOffsets[j + 1] - view.tierOffsets[j] : 1; }
  int64_t tierSlots(int32_t j, int32_t t) const { return hasTiers(j) ? view.tierSlots[view.tierOffsets[j] + t] : capacity(j); }
  double tierSurcharge(int32_t j, int32_t t) const { return hasTiers(j) ? view.tierSurcharge[view.tierOffsets[j] + t] : 0; }
  template <class F>
  void served(int32_t i, F fn) const {
    for (; at < placed && placedArcs[at] < end(i); at++) fn(placedArcs[at], placedUnits[at]);
  }
};

bool inRange(const ProblemView& view, const int32_t* placedArcs, size_t placed) {
  for (size_t q = 0; q < placed; q++) {
    if (placedArcs[q] < (q == 0 ? 0 : placedArcs[q - 1] + 1) || placedArcs[q] >= view.arcs) return false;
  }
  if (view.tierOffsets != nullptr) {
    for (int32_t j = 0; j < view.nodes; j++) {
      if (view.tierOffsets[j] < 0 || view.tierOffsets[j + 1] < view.tierOffsets[j] || view.tierOffsets[j + 1] > view.tiers)
        return false;
    }
  }
  if (view.offsets == nullptr) return true;
  for (int32_t i = 0; i < view.demands; i++) {
    if (view.offsets[i] < 0 || view.offsets[i + 1] < view.offsets[i] || view.offsets[i + 1] > view.arcs) return false;
  }
  for (int64_t a = 0; a < view.arcs; a++) {
    if (view.targets[a] < 0 || view.targets[a] >= view.nodes) return false;
  }
  return true;
}

}  // namespace

Fault certificatePass(const ProblemView& view, const double* prices, const int32_t* placedArcs, const int32_t* placedUnits,
                      size_t placed, PassResult& result) noexcept {
  try {
    if (!inRange(view, placedArcs, placed)) return Fault::kProblemChanged;
    const double sign = view.maximize ? -1 : 1;
    const auto start = std::chrono::steady_clock::now();
    Certificate c;
    const auto run = [&](auto zero) {
      const ViewSource<decltype(zero)> source{view, prices, placedArcs, placedUnits, placed, sign};
      c = view.integer ? certify<WholeDouble>(source) : certify<Floating>(source);
    };
    switch (view.costs.type) {
      case CostType::kFloat64: run(double{}); break;
      case CostType::kFloat32: run(float{}); break;
      case CostType::kInt32: run(int32_t{}); break;
      case CostType::kUint32: run(uint32_t{}); break;
      case CostType::kInt16: run(int16_t{}); break;
      case CostType::kUint16: run(uint16_t{}); break;
      case CostType::kInt8: run(int8_t{}); break;
      case CostType::kUint8: run(uint8_t{}); break;
    }
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    result = PassResult{c.valid, c.unplaced, sign * c.primal + 0.0, sign * c.dual + 0.0, c.gap, c.tolerance, time.count()};
    return Fault::kNone;
  } catch (...) {
    return Fault::kOutOfMemory;
  }
}

Certificate certifyWhole(const Market& market) {
  return certify<Whole>(WholeMarket{{market}});
}

Certificate certifyFloat(const Market& market, const double* prices) {
  return certify<Floating>(FloatMarket{{market}, prices});
}

}  // namespace outbid
