#include "best.h"

namespace outbid {

void Best::note(const Market& market) {
  const Certificate now = certifyWhole(market);
  if (!now.valid || now.unplaced > 0) return;
  if (!kept_ || now.primal < primal_) {
    primal_ = now.primal;
    placements_.clear();
    pooled_.assign(static_cast<size_t>(market.k.classes), 0);
    for (int32_t c = 0; c < market.k.classes; c++) {
      const ClassState& s = market.state[static_cast<size_t>(c)];
      pooled_[static_cast<size_t>(c)] = s.pooled + s.unplaced;
      for (int32_t id = s.head; id >= 0; id = market.block(id).next)
        placements_.push_back({c, market.block(id).arc, market.block(id).count});
    }
  }
  if (!kept_ || now.dual > dual_) {
    dual_ = now.dual;
    prices_.assign(market.price.begin(), market.price.end());
  }
  kept_ = true;
}

void Best::restore(Market& market) const {
  if (!kept_) return;
  const Certificate now = certifyWhole(market);
  if (now.dual < dual_) std::copy(prices_.begin(), prices_.end(), market.price.begin());
  if (now.unplaced == 0 && now.primal <= primal_) return;
  for (int32_t c = 0; c < market.k.classes; c++) {
    ClassState& s = market.state[static_cast<size_t>(c)];
    while (s.head >= 0) market.take(s.head, market.block(s.head).count);
    s.unplaced = 0;
    s.pooled = pooled_[static_cast<size_t>(c)];
  }
  for (const Placement& p : placements_) market.place(p.cls, p.arc, p.units, 0);
}

}  // namespace outbid
