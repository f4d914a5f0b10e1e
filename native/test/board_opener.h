// The device's auction as an opener that runs here, and problems that fit it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "auction_team.h"
#include "check.h"
#include "image.h"
#include "opener.h"
#include "outcome.h"

namespace outbid::test {

// A board in this process's memory, all of it poisoned first.
class HostBoard {
 public:
  explicit HostBoard(const cuda::Layout& layout) {
    cuda::Image image;
    image.add(layout);
    arrive(image, 0);
    settle(image, 0, layout);
  }
  HostBoard() = default;
  // The k-th board's arcs, in pieces as on their way to a device, and then, complete, the rest of it.
  void arrive(const cuda::Image& image, size_t k, size_t piece = SIZE_MAX) {
    const size_t begin = image.begin(k);
    const size_t end = begin + cuda::ArcPlaces(image.layout(k)).end;
    arcs_ = allocate(end - begin);
    piece = std::min(piece, end - begin);
    for (size_t at = begin; at < end; at += piece) image.write(at, std::min(end, at + piece), arcs_.get() + (at - begin));
  }
  void settle(const cuda::Image& image, size_t k, const cuda::Layout& layout) {
    cuda::placeArcs(board, layout, arcs_.get());
    const cuda::Scale scale = image.scaling(k, board);
    for (int64_t i = 0; i < scale.count && scale.factor != 1; i++) scale(i);
    using Place = size_t (*)(cuda::Board&, const cuda::Layout&, char*);
    const Place places[] = {cuda::placeNodes, cuda::placeState, cuda::placeOutcome, cuda::placeProof, cuda::placeValues};
    for (const Place place : places) {
      rest_.push_back(allocate(place(board, layout, nullptr)));
      place(board, layout, rest_.back().get());
    }
    cuda::copyNodes(board, layout, [](void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); });
    tally = cuda::Tally{};
    board.tally = &tally;
    board.stop = &stop;
  }
  char* arcs() { return arcs_.get(); }
  std::vector<int32_t> at() const { return {board.at, board.at + board.demands}; }
  std::vector<int32_t> prices() const { return {board.price, board.price + board.nodes}; }

  cuda::Board board;
  cuda::Tally tally{};
  int32_t stop = 0;

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  static std::unique_ptr<char, Free> allocate(size_t bytes) {
    char* memory = static_cast<char*>(std::aligned_alloc(256, bytes));
    std::memset(memory, 0x5A, bytes);
    return std::unique_ptr<char, Free>(memory);
  }
  std::unique_ptr<char, Free> arcs_;
  std::vector<std::unique_ptr<char, Free>> rest_;
};

// What a run left behind.
struct Outcome {
  std::vector<int32_t> at;
  std::vector<int32_t> prices;
  cuda::Course end;
  int32_t settles = 0;
  int32_t open = 0;  // nodes that are priced and not full
  bool operator==(const Outcome& o) const {
    return at == o.at && prices == o.prices && end.bids == o.end.bids && end.rounds == o.end.rounds &&
           end.epsilon == o.end.epsilon && end.relaxations == o.end.relaxations && settles == o.settles;
  }
};

inline Outcome runAuction(const cuda::Layout& layout, const Executor& how) {
  HostBoard host(layout);
  const cuda::Plan plan = layout.plan;
  onTeam(how, [&](auto& team) { cuda::auctionOf(team, host.board, plan); });
  Outcome out{host.at(), host.prices(), host.board.tally->end, host.board.tally->settles, 0};
  for (int32_t j = 0; j < layout.nodes; j++)
    out.open += host.board.load[j] < host.board.capacity[j] && host.board.price[j] > 0 ? 1 : 0;
  return out;
}

class BoardOpener : public Opener {
 public:
  explicit BoardOpener(Executor how, uint64_t seed = 0) : how_(how), seed_(seed) {}
  bool open(Market& market, Control&) override {
    cuda::Layout layout;
    CHECK(cuda::layOut(market.k, seed_, layout, warm.empty() ? nullptr : &warm, mostScale) == nullptr);
    tune(layout.plan);
    outcome = runAuction(layout, how_);
    cuda::takeOver(layout, outcome.at.data(), outcome.prices.data(), market);
    look(market, layout);
    return true;
  }
  int32_t mostScale = INT32_MAX;
  std::vector<int64_t> warm;
  virtual void tune(cuda::Plan&) {}
  virtual void look(const Market&, const cuda::Layout&) {}
  Outcome outcome;

 private:
  Executor how_;
  uint64_t seed_;
};

// A random problem of a size that a board takes: one or a few units, slots, unserved costs, twins, nodes without slots.
inline Instance flatInstance(Random& random, Shape shape = {}) {
  Instance p = randomInstance(random, shape);
  const int64_t most = random.chance(70) ? 1 : 3;
  const int64_t slots = random.in(1, 4);
  for (int32_t& units : p.units) units = static_cast<int32_t>(random.in(random.chance(90) ? 1 : 0, most));
  p.arcCapacity.clear();
  p.tierOffsets.clear();
  p.tierSlots.clear();
  p.tierSurcharge.clear();
  for (int32_t& capacity : p.capacity) {
    capacity = static_cast<int32_t>(random.chance(10) ? 0 : random.chance(5) ? 2000000000 : random.in(1, slots));
  }
  return p;
}

// The same with tiers, empty ones among them, and with arc capacities, each on half.
inline Instance fittingInstance(Random& random, Shape shape = {}) {
  Instance p = flatInstance(random, shape);
  if (random.chance(50)) {
    for (size_t a = 0; a < p.costs.size(); a++)
      p.arcCapacity.push_back(random.chance(50) ? kNoBound : static_cast<int32_t>(random.in(random.chance(90) ? 1 : 0, 3)));
    for (int32_t& units : p.units) units += static_cast<int32_t>(random.in(0, 2));
  }
  if (random.chance(50)) {
    p.tierOffsets.push_back(0);
    for (int32_t& capacity : p.capacity) {
      const int64_t tiers = random.in(1, 3);
      double surcharge = random.chance(60) ? 0 : static_cast<double>(random.in(0, 9));
      capacity = 0;
      for (int64_t t = 0; t < tiers; t++) {
        p.tierSlots.push_back(static_cast<int32_t>(random.chance(2) ? 500000000 : random.in(0, 2)));
        p.tierSurcharge.push_back(surcharge);
        capacity += p.tierSlots.back();
        surcharge += static_cast<double>(random.in(0, 20));
      }
      p.tierOffsets.push_back(static_cast<int32_t>(p.tierSlots.size()));
    }
  }
  return p;
}

struct Matrix {
  std::vector<double> costs;
  std::vector<int32_t> bounds;
};

// The same problem as a full matrix; pairs without an arc are forbidden. `matrix` owns it.
inline ProblemView denseView(const Instance& p, Matrix& matrix) {
  ProblemView v = p.view();
  const size_t pairs = p.units.size() * static_cast<size_t>(p.nodes);
  matrix.costs.assign(pairs, p.maximize ? -INFINITY : INFINITY);
  matrix.bounds.assign(p.arcCapacity.empty() ? 0 : pairs, kNoBound);
  for (size_t i = 0; i < p.units.size(); i++) {
    for (size_t a = static_cast<size_t>(p.offsets[i]); a < static_cast<size_t>(p.offsets[i + 1]); a++) {
      const size_t pair = i * static_cast<size_t>(p.nodes) + static_cast<size_t>(p.targets[a]);
      matrix.costs[pair] = p.costs[a];
      if (!p.arcCapacity.empty()) matrix.bounds[pair] = p.arcCapacity[a];
    }
  }
  v.offsets = nullptr;
  v.targets = nullptr;
  v.costs.data = matrix.costs.data();
  if (!p.arcCapacity.empty()) v.arcCapacity.each = matrix.bounds.data();
  v.arcs = static_cast<int64_t>(pairs);
  return v;
}

}  // namespace outbid::test
