// The auction of full matrices whose nodes have one slot each and whose demands must all be served:
//
//   shortlists of all demands, in one pass over the matrix
//   chains(epsilon); push the few that wait
//   while epsilon > last:  epsilon /= theta;  who pays over epsilon more than its least waits again;  chains(epsilon);  push
//
// With as many demands as nodes every node is in use at the end, so prices need not come down between phases, lists stay true, and the
// matrix is hardly read again. With fewer demands than nodes there is one phase, at the last epsilon from prices of zero: a node
// that was taken once stays taken, so no idle node has a price.
#pragma once

#include "auction.h"
#include "push.h"

namespace outbid::cuda {

struct BeginMatrix {
  const Board& b;
  bool warm;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t k) const {
    if (k < b.nodes) b.slot[k] = slotOf(warm ? b.initial[k] : 0, kUnplaced);
    if (k < b.demands) {
      b.at[k] = kUnplaced;
      b.active[0][k] = k;
    }
  }
};

// What the nodes say, told to the demands.
struct Hold {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t node) const {
    const int32_t demand = holderOf(b.slot[node]);
    if (demand == kUnplaced) return;
    b.at[demand] = node;
    b.paid[demand] = b.cost[b.begin[demand] + node];
  }
};

struct LetGo {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    const int32_t node = b.at[demand];
    if (node == kUnplaced) return;
    const Choice top = choose(lanes, b, demand);
    lanes.once([&] {
      const int32_t price = priceOf(lanes.look(&b.slot[node]));
      if (b.paid[demand] + price <= top.first + c.epsilon) return;
      lanes.put(&b.slot[node], slotOf(price, kUnplaced));
      b.at[demand] = kUnplaced;
      b.active[1 - c.side][lanes.add(&b.tally->active[1 - c.side], 1)] = demand;
    });
  }
};

struct EndMatrix {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t node) const {
    b.price[node] = priceOf(b.slot[node]);
    b.load[node] = holderOf(b.slot[node]) == kUnplaced ? 0 : 1;
  }
};

// As auction (auction.h), for a plan with chains.
template <class Team>
OUTBID_HD void auctionOfMatrix(Team& team, const Board& b, const Plan& plan) {
  Tally* t = b.tally;
  const bool warm = plan.warm != 0 && b.demands == b.nodes;
  Course c;
  c.epsilon = b.demands < b.nodes ? plan.last : plan.start;
  team.alone([&] { t->active[0] = b.demands; });
  mark(team, b, c);
  team.items(b.demands > b.nodes ? b.demands : b.nodes, BeginMatrix{b, warm});
  team.groups(b.demands, MakeList{b, warm});
  mark(team, b, c);
  for (;;) {
    const int32_t active = t->active[c.side];
    team.alone([&] {
      t->taken = 0;
      t->pending = active;
      t->active[1 - c.side] = 0;
    });
    team.meet();
    team.chains(plan.chains, Chains{b, c, active, plan.fewest, plan.range, plan.warBids});
    team.items(b.nodes, Hold{b});
    c.bids = t->chained;
    c.side = 1 - c.side;
    mark(team, b, c);
    team.solo([&](auto& small) {
      Course own = c;
      pushWaiting(small, b, plan, own);
      small.alone([&] {
        t->course = own;
        t->active[1 - own.side] = 0;
      });
    });
    c = t->course;
    c.rounds = t->searches;
    mark(team, b, c);
    if (t->active[c.side] > 0 || t->stop != 0 || c.epsilon <= plan.last) break;
    c.epsilon = c.epsilon / plan.theta > plan.last ? c.epsilon / plan.theta : plan.last;
    team.groups(b.demands, LetGo{b, c});
    c.side = 1 - c.side;
  }
  team.items(b.nodes, EndMatrix{b});
  team.alone([&] { t->end = c; });
}

// Whichever way the plan says.
template <class Team>
OUTBID_HD void auctionOf(Team& team, const Board& b, const Plan& plan) {
  if (plan.chains > 0)
    auctionOfMatrix(team, b, plan);
  else
    auction(team, b, plan);
}

}  // namespace outbid::cuda
