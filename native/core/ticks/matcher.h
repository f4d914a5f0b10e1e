// The door of the warm market: MatcherEngine of lib/backend/engine.ts, call by call. It starts with narrow keys and goes over to wide
// ones, once, when costs grow beyond them. What is passed in was checked by the caller; nothing is thrown but std::bad_alloc.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "market_state.h"

namespace outbid::ticks {

// One width of keys.
class Market {
 public:
  virtual ~Market() = default;
  virtual bool holds(double range, double hops, double largest) const = 0;
  virtual void refineGrid(int32_t exponent) = 0;
  virtual int32_t exponent() const = 0;
  virtual void addNode(int32_t node, const int32_t* slots, const double* surcharge, int32_t tiers, const int32_t* demands,
                       const double* costs, int32_t count) = 0;
  virtual void removeNode(int32_t node, std::vector<int32_t>& out) = 0;
  virtual void setCapacity(int32_t node, int32_t capacity) = 0;
  virtual void addDemands(const RowsView& rows) = 0;
  virtual int64_t removeDemands(const int32_t* slots, int32_t count) = 0;
  virtual int32_t place(int32_t slot) = 0;
  virtual int32_t commit(int32_t slot) = 0;
  virtual bool setCosts(int32_t slot, const int32_t* targets, const double* costs, int32_t count) = 0;
  virtual int32_t addArcs(int32_t slot, const int32_t* targets, const double* costs, const int32_t* bounds, int32_t count) = 0;
  virtual int32_t removeArcs(int32_t slot, const int32_t* targets, int32_t count) = 0;
  virtual void setUnservedCost(int32_t slot, double cost) = 0;
  // `moves`: [slot, from, to, units] each.
  virtual UpdateOutcome update(std::chrono::steady_clock::time_point deadline, std::vector<int32_t>& moves) = 0;
  virtual void placements(int32_t slot, std::vector<int32_t>& out) = 0;
  virtual MarketState exportState() = 0;
  virtual void importState(const MarketState& state) = 0;
  virtual size_t bytes() const = 0;
};

class Matcher {
 public:
  explicit Matcher(uint64_t seed);

  // Costs will keep to C <= largest and 2C(hops + 1) <= range on the grid.
  void setRange(double range, double hops, double largest);
  Market& market() { return *market_; }

 private:
  const uint64_t seed_;
  std::unique_ptr<Market> market_;
};

}  // namespace outbid::ticks
