// A board's outcome: its prices in the unit of the classes, as a start for the core's finish, and as the numbers of a proof.
//
// The board's costs are multiplied by a scale (scaleFor), so that an epsilon of one is a fraction of a cost unit: the auction then leaves next to
// nothing to the finish. Its prices come back as whole parts of (price + shift) / scale. Scaled, a demand pays at most its least plus one; so a
// whole part can only be wrong by one, and only against a node whose price has the residue scale - 1 - shift. The shift is the one whose residue
// the fewest nodes have. If none has - sure from scale = nodes + 2 on, 0 standing for unserved - the whole parts are exact prices.
#pragma once

#include "layout.h"
#include "market.h"
#include "opener.h"

namespace outbid::cuda {

// Prices of the board's nodes in the classes' unit. `exact` says that no node has the residue that could be wrong.
std::vector<int64_t> wholePrices(const Layout& layout, const int32_t* price, bool& exact);

// Puts a board's outcome - at, per demand; price, per node - into an empty market over the classes it was laid out from.
void takeOver(const Layout& layout, const int32_t* at, const int32_t* price, Market& market);

// Both objectives of a complete state, in the classes' unit.
struct Proof {
  int64_t primal = 0;
  __int128 dual = 0;
  int32_t unplaced = 0;
};

// From what the certificate step (prove.h) counted at prices that are `scaled` like the costs.
Proof proofOf(const Tally& tally, const Layout& layout, const std::vector<int64_t>& scaled);

// An outcome that was found before the job began, as its opening. Borrows all three.
class FoundOpening : public Opener {
 public:
  FoundOpening(const Layout& layout, const std::vector<int32_t>& at, const std::vector<int32_t>& price)
      : layout_(layout), at_(at), price_(price) {}
  bool open(Market& market, Control&) override { return takeOver(layout_, at_.data(), price_.data(), market), true; }

 private:
  const Layout& layout_;
  const std::vector<int32_t>& at_;
  const std::vector<int32_t>& price_;
};

}  // namespace outbid::cuda
