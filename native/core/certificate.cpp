#include "certificate.h"

#include "certify.h"

namespace outbid {

namespace {

// The market's classes and blocks.
struct MarketSource {
  const Market& market;
  const Classes& k = market.k;
  int32_t rows() const { return k.classes; }
  int32_t nodes() const { return k.nodes; }
  int32_t begin(int32_t i) const { return k.offset[static_cast<size_t>(i)]; }
  int32_t end(int32_t i) const { return k.offset[static_cast<size_t>(i) + 1]; }
  bool skip(int32_t) const { return false; }
  int32_t node(int32_t, int32_t a) const { return k.node[static_cast<size_t>(a)]; }
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

}  // namespace

Certificate certifyWhole(const Market& market) {
  return certify<Whole>(WholeMarket{{market}});
}

Certificate certifyFloat(const Market& market, const double* prices) {
  return certify<Floating>(FloatMarket{{market}, prices});
}

}  // namespace outbid
