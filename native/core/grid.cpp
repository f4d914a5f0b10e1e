#include "grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace outbid {

namespace {

constexpr int kWholeBits = 53;  // integer data: everything is exact as a double too
constexpr int kGridBits = 57;   // float grids: below kFar with room for sums
constexpr int kMaxLevels = 40;
constexpr int32_t kSample = 1024;  // classes looked at to see whether the grid is too coarse:
constexpr size_t kBlurred = 64;    // it is if the two cheapest arcs of one in so many
constexpr int kBlurBits = 8;       // differ by less than 2 to this, in units;
constexpr int kClearBits = 12;     // a finer one shall make that 2 to this,
constexpr int kMostBits = 14;      // but be finer by no more than this, so that costs are not clamped too low

inline Pair plus(Pair a, double b) {
  const Pair s = twoSum(a.high, b);
  return twoSum(s.high, s.low + a.low);
}

inline Pair plus(Pair a, Pair b) {
  return plus(plus(a, b.high), b.low);
}

inline Pair negated(Pair a) {
  return {-a.high, -a.low};
}

inline int64_t shorter(const Classes& k) {
  return std::min(k.demands, k.nodes);
}

// Exponent of the lowest set bit of a finite double; INT32_MAX for 0.
int lowestBit(double v) {
  if (v == 0) return INT32_MAX;
  int exponent;
  const int64_t mantissa = static_cast<int64_t>(std::ldexp(std::frexp(v, &exponent), 53));
  return exponent - 53 + std::countr_zero(static_cast<uint64_t>(mantissa));
}

}  // namespace

Grid::Grid(Classes& classes) : k_(classes) {
  const size_t arcs = static_cast<size_t>(k_.arcs());
  if (k_.integer) {
    int64_t most = 0;
    for (size_t a = 0; a < arcs; a++) most = std::max(most, std::abs(k_.cost[a]));
    for (size_t c = 0; c < static_cast<size_t>(k_.classes); c++) {
      if (!k_.mustServe(static_cast<int32_t>(c))) most = std::max(most, std::abs(k_.unserved[c]));
    }
    for (int64_t g : k_.tierSurcharge) most = std::max(most, g);
    setCeiling(most);
    return;
  }
  double most = 0;
  int lowest = INT32_MAX;
  const auto note = [&](double v) {
    most = std::max(most, std::fabs(v));
    lowest = std::min(lowest, lowestBit(v));
  };
  for (size_t a = 0; a < arcs; a++) note(k_.exactCost[a]);
  for (size_t c = 0; c < static_cast<size_t>(k_.classes); c++) {
    if (!k_.mustServe(static_cast<int32_t>(c))) note(k_.exactUnserved[c]);
  }
  for (double g : k_.exactTierSurcharge) note(g);
  // The largest q with 2 C 2^q (min + 1) <= 2^57; a smaller one if the costs lie on a coarser grid anyway.
  if (most > 0) {
    int exponent;
    std::frexp(2 * most * static_cast<double>(shorter(k_) + 1), &exponent);  // the product is below 2^exponent
    exponent_ = kGridBits - exponent;
    exact_ = -lowest <= exponent_;
    if (exact_) exponent_ = -lowest;
  }
  firstExponent_ = exponent_;
  most_ = most;
  roundAll();
}

void Grid::roundAll() {
  const size_t arcs = static_cast<size_t>(k_.arcs());
  for (size_t a = 0; a < arcs; a++) k_.cost[a] = whole(k_.exactCost[a]);
  for (size_t c = 0; c < static_cast<size_t>(k_.classes); c++) {
    if (!k_.mustServe(static_cast<int32_t>(c))) k_.unserved[c] = whole(k_.exactUnserved[c]);
  }
  for (size_t t = 0; t < k_.tierSurcharge.size(); t++) k_.tierSurcharge[t] = whole(k_.exactTierSurcharge[t]);
  setCeiling(most_ == 0 ? 0 : static_cast<int64_t>(std::ceil(std::ldexp(most_, exponent_))) + 1);
}

void Grid::setCeiling(int64_t mostWhole) {
  largest_ = mostWhole;
  const int bits = k_.integer ? kWholeBits : kGridBits + 1;
  ceiling_ = std::max<int64_t>(0, (int64_t{1} << bits) - 2 * mostWhole * (shorter(k_) + 1));
}

int64_t Grid::whole(double value) const {
  return std::llrint(std::ldexp(value, exponent_));
}

int64_t Grid::fromPrice(double price) const {
  const double scaled = std::ldexp(price, exponent_);
  return scaled >= static_cast<double>(ceiling_) ? ceiling_ : std::max<int64_t>(0, std::llrint(scaled));
}

int64_t Grid::clamped(Pair value, int64_t most) const {
  const double scaled = std::ldexp(value.high, exponent_);
  if (scaled >= static_cast<double>(most)) return most;
  if (scaled <= -static_cast<double>(most)) return -most;
  const double main = std::nearbyint(scaled);
  const double rest = (scaled - main) + std::ldexp(value.low, exponent_);
  return std::clamp<int64_t>(static_cast<int64_t>(main) + std::llrint(rest), -most, most);
}

int Grid::bitsMissing() const {
  if (k_.integer || exact_) return 0;
  std::vector<double> gaps;
  const int32_t sample = std::min(k_.classes, kSample);
  for (int32_t s = 0; s < sample; s++) {
    const size_t c = static_cast<size_t>(static_cast<int64_t>(s) * k_.classes / sample);
    double least = INFINITY;
    double next = INFINITY;
    for (int32_t a = k_.offset[c]; a < k_.offset[c + 1]; a++) {
      const double v = k_.exactCost[static_cast<size_t>(a)];
      next = std::min(next, std::max(v, least));
      least = std::min(least, v);
    }
    if (next < INFINITY && next > least) gaps.push_back(next - least);
  }
  if (gaps.empty()) return 0;
  const auto small = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / kBlurred);
  std::nth_element(gaps.begin(), small, gaps.end());
  const int bits = std::ilogb(*small) + exponent_;
  return bits >= kBlurBits ? 0 : std::min(kClearBits - bits, kMostBits);
}

int64_t Grid::mostFor(int bits) const {
  const int64_t hops = shorter(k_) + 1;
  const int left = kGridBits - 1 - bits - static_cast<int>(std::bit_width(static_cast<uint64_t>(2 * hops)));
  return std::max(hops + 4, int64_t{1} << std::clamp(left - 1, 0, kGridBits));
}

bool Grid::isUnclamped(const Market& market) const {
  for (int32_t c = 0; c < k_.classes; c++) {
    const ClassState& s = market.state[static_cast<size_t>(c)];
    if (s.pooled > 0 && k_.unserved[static_cast<size_t>(c)] >= largest_) return false;
    for (int32_t id = s.head; id >= 0; id = market.block(id).next) {
      if (market.block(id).cost >= largest_) return false;
    }
    for (int32_t a = k_.offset[static_cast<size_t>(c)]; a < k_.offset[static_cast<size_t>(c) + 1]; a++) {
      if (k_.cost[static_cast<size_t>(a)] <= -largest_ && market.roomOf(c, a) > 0) return false;
    }
    if (k_.unserved[static_cast<size_t>(c)] <= -largest_) return false;
  }
  for (size_t j = 0; j < static_cast<size_t>(k_.nodes); j++) {
    if (k_.capacity[j] == 0) continue;
    if (market.next[j] <= -largest_ || (market.load[j] > 0 && market.floorOf(static_cast<int32_t>(j)) >= largest_)) return false;
  }
  return true;
}

void Grid::coarsen(Market& market) {
  std::vector<Pair> prices(base_.size());
  for (size_t j = 0; j < base_.size(); j++)
    prices[j] = plus(base_[j], std::ldexp(static_cast<double>(market.price[j]), -exponent_));
  exponent_ = firstExponent_;
  level_ = 0;
  base_ = Array<Pair>();
  roundAll();
  for (int32_t c = 0; c < k_.classes; c++) {
    for (int32_t id = market.state[static_cast<size_t>(c)].head; id >= 0; id = market.block(id).next)
      market.block(id).cost = k_.cost[static_cast<size_t>(market.block(id).arc)];
  }
  for (size_t j = 0; j < prices.size(); j++) {
    market.refreshNext(static_cast<int32_t>(j));
    if (k_.capacity[j] > 0) market.price[j] = fromPrice(prices[j].high);
  }
}

bool Grid::refine(Market& market, int64_t most) {
  if (level_++ >= kMaxLevels) return false;
  const size_t m = static_cast<size_t>(k_.nodes);
  const bool first = base_.empty();
  if (first) base_ = Array<Pair>(m, Pair{});
  for (size_t j = 0; j < m; j++) {
    if (k_.capacity[j] == 0) continue;
    const double high = static_cast<double>(market.price[j]);
    base_[j] = plus(base_[j], std::ldexp(high, -exponent_));
    base_[j] = plus(base_[j], std::ldexp(static_cast<double>(market.price[j] - static_cast<int64_t>(high)), -exponent_));
  }
  const int64_t hops = shorter(k_) + 1;
  if (most == 0) most = hops + 4;  // K + 1, in old units
  const int finer = kGridBits - 1 - static_cast<int>(std::bit_width(static_cast<uint64_t>(2 * hops * most)));
  if (finer < 1) return false;
  exponent_ += finer;
  unit_ = int64_t{1} << finer;
  const int64_t limit = most << finer;
  for (size_t c = 0; c < static_cast<size_t>(k_.classes); c++) {
    const bool must = k_.mustServe(static_cast<int32_t>(c));
    Pair u = must ? Pair{INFINITY, 0} : Pair{k_.exactUnserved[c], 0};
    for (int32_t arc = k_.offset[c]; arc < k_.offset[c + 1]; arc++) {
      const size_t a = static_cast<size_t>(arc);
      const size_t j = static_cast<size_t>(k_.node[a]);
      if (k_.capacity[j] == 0 || market.roomOf(static_cast<int32_t>(c), arc) <= 0) continue;
      const Pair pay = plus(base_[j], k_.exactCost[a]);
      if (pay < u) u = pay;
    }
    if (u.high == INFINITY) {  // every arc is saturated: any level does, take the dearest used one
      u = Pair{0, 0};
      bool any = false;
      for (int32_t id = market.state[c].head; id >= 0; id = market.block(id).next) {
        const Pair pay =
            plus(base_[static_cast<size_t>(market.block(id).node)], k_.exactCost[static_cast<size_t>(market.block(id).arc)]);
        if (!any || u < pay) u = pay;
        any = true;
      }
    }
    for (int32_t arc = k_.offset[c]; arc < k_.offset[c + 1]; arc++) {
      const size_t a = static_cast<size_t>(arc);
      k_.cost[a] = clamped(plus(plus(base_[static_cast<size_t>(k_.node[a])], negated(u)), k_.exactCost[a]), limit);
    }
    if (!must) k_.unserved[c] = clamped(plus(negated(u), k_.exactUnserved[c]), limit);
    for (int32_t id = market.state[c].head; id >= 0; id = market.block(id).next)
      market.block(id).cost = k_.cost[static_cast<size_t>(market.block(id).arc)];
  }
  for (size_t j = 0; j < m; j++) {
    for (int32_t t = k_.tierOffset[j]; t < k_.tierOffset[j + 1]; t++) {
      k_.tierSurcharge[static_cast<size_t>(t)] =
          clamped(plus(negated(base_[j]), k_.exactTierSurcharge[static_cast<size_t>(t)]), limit);
    }
    market.refreshNext(static_cast<int32_t>(j));
    // Prices start at the old ones, 0 after the shift. An unused node may keep a price above its floor: its first surcharge is then
    // -P.
    market.price[j] = k_.capacity[j] == 0 ? kBlocked : 0;
  }
  setCeiling(limit);
  return true;
}

double Grid::exported(const Market& market, size_t j) const {
  const int64_t p = market.price[j];
  const double high = static_cast<double>(p);
  Pair exact = base_.empty() ? Pair{} : base_[j];
  exact =
      plus(plus(exact, std::ldexp(high, -exponent_)), std::ldexp(static_cast<double>(p - static_cast<int64_t>(high)), -exponent_));
  double rounded = exact.high;
  if (exact.low > 0) rounded = std::nextafter(rounded, INFINITY);
  // The surcharges of the last used and of the next free slot, as the caller gave them.
  int64_t left = market.load[j];
  double used = 0;
  double free = INFINITY;
  for (int32_t t = k_.tierOffset[j]; t < k_.tierOffset[j + 1]; t++) {
    const int64_t slots = k_.tierSlots[static_cast<size_t>(t)];
    if (slots == 0) continue;
    if (left > 0) used = k_.exactTierSurcharge[static_cast<size_t>(t)];
    if (left < slots) {
      free = k_.exactTierSurcharge[static_cast<size_t>(t)];
      break;
    }
    left -= slots;
  }
  return std::max(0.0, std::min(std::max(rounded, used), free)) + 0.0;
}

void Grid::exportPrices(const Market& market, double* prices) const {
  bool someWithoutSlots = false;
  for (size_t j = 0; j < static_cast<size_t>(k_.nodes); j++) {
    if (k_.integer) {
      prices[j] = static_cast<double>(std::max<int64_t>(0, market.price[j]));
    } else if (k_.capacity[j] > 0) {
      prices[j] = exported(market, j);
    } else {
      someWithoutSlots = true;
      prices[j] = k_.exactTierSurcharge[static_cast<size_t>(k_.tierOffset[j + 1] - 1)];
    }
  }
  if (!someWithoutSlots) return;
  for (int32_t c = 0; c < k_.classes; c++) {
    const int32_t begin = k_.offset[static_cast<size_t>(c)];
    const int32_t end = k_.offset[static_cast<size_t>(c) + 1];
    double u = k_.mustServe(c) ? INFINITY : k_.exactUnserved[static_cast<size_t>(c)];
    for (int32_t a = begin; a < end; a++) {
      const size_t j = static_cast<size_t>(k_.node[static_cast<size_t>(a)]);
      if (k_.capacity[j] > 0 && market.roomOf(c, a) > 0) u = std::min(u, k_.exactCost[static_cast<size_t>(a)] + prices[j]);
    }
    if (u == INFINITY) {
      u = -INFINITY;
      for (int32_t id = market.state[static_cast<size_t>(c)].head; id >= 0; id = market.block(id).next) {
        u = std::max(u, k_.exactCost[static_cast<size_t>(market.block(id).arc)] + prices[market.block(id).node]);
      }
    }
    for (int32_t a = begin; a < end && u > -INFINITY; a++) {
      const size_t j = static_cast<size_t>(k_.node[static_cast<size_t>(a)]);
      if (k_.capacity[j] > 0) continue;
      // Rounded up twice over: once for u, once for the difference.
      const double needed = std::nextafter(std::nextafter(u, INFINITY) - k_.exactCost[static_cast<size_t>(a)], INFINITY);
      prices[j] = std::max(prices[j], needed);
    }
  }
}

}  // namespace outbid
