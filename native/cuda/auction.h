// The auction on a team: the schedule of the core as a sequence of steps, with a barrier after each and no word to the host in between.
//
//   forward(epsilon), epsilon up on a price war
//   while epsilon > last:  epsilon /= theta;  restart(kappa epsilon);  forward(epsilon)
//   settle
//
// A phase ends with some demands still active: a round costs a device little less for one bid than for a thousand, and the last few take
// most of the rounds. They bid again in the next phase, after prices came down; in the last they have a number of rounds, and settle places
// whom that left. Nor does the last epsilon have to make prices exact: settle does.
//
// A team is a number of threads that all run this same code: a whole device, one block, the threads of a processor, or one thread.
//
//   team.groups(count, body)   body(lanes, item) for every item, each by a group of lanes; then a barrier
//   team.items(count, body)    the same with one lane an item
//   team.alone(body)           body() by one thread, beside the step that follows; no barrier
//   team.solo(body)            a barrier, body(smaller team) by one block, a barrier
//   Team::kSmall               it is such a smaller team
//   team.parts(active)         in how many parts to scan a long row where so many demands bid
//
// Threads never differ in where they are: what they branch on is in their Course, or in counters that were complete before the last
// barrier and stay as they are until after the next. Few demands bidding for long is the rule, and it is one block's work: its barriers
// cost a tenth of a device's.
#pragma once

#include "prove.h"
#include "restart.h"
#include "settle.h"

namespace outbid::cuda {

enum class ForwardEnd : int32_t { kAllPlaced, kLeftovers, kStopped, kMany };

template <class Team>
OUTBID_HD void bidRound(Team& team, const Board& b, const Plan& plan, Course& c, int32_t active) {
  Tally* t = b.tally;
  team.alone([&] {
    t->active[1 - c.side] = 0;
    t->comers = 0;
  });
  const int32_t parts = b.dense ? team.parts(active, b.parts) : 1;
  if (parts > 1) team.groups(active * parts, ScanPart{b, c, parts});
  team.groups(active, Bid{b, c, plan.range, parts});
  team.alone([&] {
    t->touched[1 - c.parity] = 0;
    if (*b.stop != 0) t->stop = 1;
  });
  const int32_t touched = t->touched[c.parity];
  team.items(touched, Allot{b});
  team.items(active, Gather{b, c});
  team.groups(touched, Award{b, c});
  c.bids += active;
  c.rounds++;
  c.side = 1 - c.side;
  c.parity = 1 - c.parity;
}

// Rounds until no demand is active (kAllPlaced), a limit or the host ends it, or - on a small team - many are active again.
template <class Team>
OUTBID_HD ForwardEnd bidRounds(Team& team, const Board& b, const Plan& plan, Course& c) {
  for (;;) {
    const int32_t active = b.tally->active[c.side];
    if (active == 0) return ForwardEnd::kAllPlaced;
    if (active <= plan.mayWait) {
      if (c.epsilon > plan.last) return ForwardEnd::kLeftovers;
      if (c.lastRound > c.rounds + plan.tail) c.lastRound = c.rounds + plan.tail;
    }
    if (b.tally->stop != 0) return ForwardEnd::kStopped;
    if (c.bids >= c.lastBid || c.rounds >= c.lastRound) return ForwardEnd::kLeftovers;
    if (c.bids >= c.nextWar) {
      c.nextWar = c.bids + plan.warBids;
      const int32_t highest = plan.range / 4 > plan.start ? plan.range / 4 : plan.start;
      if (c.mayRaise != 0 && c.epsilon < highest) {
        c.epsilon = c.epsilon > highest / 8 ? highest : 8 * c.epsilon;
        team.alone([&] { b.tally->raises++; });
      }
    }
    if constexpr (Team::kSmall) {
      if (active > 2 * plan.soloBelow) return ForwardEnd::kMany;
    } else {
      if (active <= plan.soloBelow) {
        team.solo([&](auto& small) {
          Course own = c;
          bidRounds(small, b, plan, own);
          small.alone([&] { b.tally->course = own; });
        });
        c = b.tally->course;
        continue;
      }
    }
    bidRound(team, b, plan, c, active);
  }
}

template <class Team>
OUTBID_HD ForwardEnd forward(Team& team, const Board& b, const Plan& plan, Course& c, bool mayRaise) {
  c.mayRaise = mayRaise ? 1 : 0;
  c.lastRound = c.rounds + plan.rounds;
  c.lastBid = c.bids + plan.bidLimit;
  c.nextWar = c.bids + plan.warBids;
  return bidRounds(team, b, plan, c);
}

template <class Team>
OUTBID_HD void restart(Team& team, const Board& b, const Plan& plan, Course& c) {
  const int64_t discount = static_cast<int64_t>(plan.kappa) * c.epsilon;
  team.alone([&] { b.tally->active[1 - c.side] = 0; });
  team.items(b.nodes, Discount{b, discount < kMostPrice ? static_cast<int32_t>(discount) : kMostPrice});
  team.groups(b.demands, Recheck{b, c, plan.range});
  team.groups(b.nodes, Refill{b});
  c.side = 1 - c.side;
}

template <class Team>
OUTBID_HD void relaxRound(Team& team, const Board& b, Course& c, int32_t active) {
  Tally* t = b.tally;
  const int32_t parts = b.dense ? team.parts(active, INT32_MAX) : 1;
  team.alone([&] { t->active[1 - c.side] = 0; });
  team.groups(active * parts, Relax{b, c, parts});
  team.alone([&] {
    t->touched[1 - c.parity] = 0;
    t->givenUp = t->beyond;
    if (*b.stop != 0) t->stop = 1;
  });
  team.groups(t->touched[c.parity], Lift{b, c});
  c.relaxations++;
  c.side = 1 - c.side;
  c.parity = 1 - c.parity;
}

// Rounds until no price rises any more, a limit or the host ends it, or - on a small team - many demands are active again.
template <class Team>
OUTBID_HD void relaxRounds(Team& team, const Board& b, const Plan& plan, Course& c) {
  for (;;) {
    const int32_t active = b.tally->active[c.side];
    if (active == 0 || b.tally->stop != 0 || b.tally->givenUp != 0 || c.relaxations >= c.lastRelaxation) return;
    if constexpr (Team::kSmall) {
      if (active > 2 * plan.soloBelow) return;
    } else {
      if (active <= plan.soloBelow) {
        team.solo([&](auto& small) {
          Course own = c;
          relaxRounds(small, b, plan, own);
          small.alone([&] { b.tally->course = own; });
        });
        c = b.tally->course;
        continue;
      }
    }
    relaxRound(team, b, c, active);
  }
}

// From where forward ends to the optimum. Whatever ends it before, the prices are the last that were least for a complete state, or forward's.
template <class Team>
OUTBID_HD void settle(Team& team, const Board& b, const Plan& plan, Course& c, bool complete) {
  Tally* t = b.tally;
  if (plan.exact != 0 && complete) {
    team.items(b.nodes, Idle{b, c});
    if (t->touched[c.parity] == 0) return;
    team.alone([&] { t->touched[1 - c.parity] = 0; });
    c.parity = 1 - c.parity;
  }
  const int32_t most = b.demands > b.nodes ? b.demands : b.nodes;
  const int32_t end = c.relaxations + plan.relaxations;
  if (!complete) team.groups(b.demands, Call{b});
  for (;;) {
    team.items(b.nodes, Seat{b});
    team.items(b.demands, Sit{b, c});
    // A longest path has no more steps than there are nodes, and one round finds that nothing is left.
    c.lastRelaxation = c.relaxations + b.nodes + 2 < end ? c.relaxations + b.nodes + 2 : end;
    relaxRound(team, b, c, b.demands);
    relaxRounds(team, b, plan, c);
    if (t->active[c.side] != 0 || t->stop != 0 || t->givenUp != 0) return;
    team.alone([&] {
      t->seats = 0;
      t->settles++;
    });
    team.items(most, Sinks{b, c});
    const int32_t open = t->touched[c.parity];
    const int32_t sinks = open > 0 ? open : t->leaving;
    if (sinks == 0) return;
    team.alone([&] {
      t->touched[1 - c.parity] = 0;
      t->waiting = 0;
    });
    team.items(sinks, Reserve{b, open});
    team.items(sinks, Win{b, open});
    team.alone([&] { t->leaving = 0; });
    team.items(sinks, Shift{b, open});
    c.parity = 1 - c.parity;
  }
}

OUTBID_HD inline int64_t deviceTime() {
#if defined(__CUDA_ARCH__)
  int64_t time;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(time));
  return time;
#else
  return 0;
#endif
}

template <class Team>
OUTBID_HD void mark(Team& team, const Board& b, const Course& c) {
  team.alone([&] {
    Tally* t = b.tally;
    if (t->marks < kMarks) t->mark[t->marks++] = {deviceTime(), c.bids, c.rounds, c.epsilon};
  });
}

struct Begin {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t k) const {
    if (k < b.nodes) {
      b.price[k] = b.capacity[k] > 0 ? b.initial[k] : kOff;
      b.load[k] = 0;
      b.asked[k] = 0;
    }
    if (k < b.demands) {
      b.at[k] = kUnplaced;
      b.active[0][k] = k;
    }
  }
};

// From the initial prices to prices and placements; whatever has no place is kUnplaced. The tally is zero before.
template <class Team>
OUTBID_HD void auction(Team& team, const Board& b, const Plan& plan) {
  Course c;
  c.epsilon = plan.start;
  team.alone([&] { b.tally->active[0] = b.demands; });
  team.items(b.demands > b.nodes ? b.demands : b.nodes, Begin{b});
  mark(team, b, c);
  bool first = true;
  for (;;) {  // one place where forward is called: it is most of the code
    const ForwardEnd end = forward(team, b, plan, c, first);
    first = false;
    mark(team, b, c);
    if (end == ForwardEnd::kStopped) break;
    if (c.epsilon <= plan.last) {
      settle(team, b, plan, c, end == ForwardEnd::kAllPlaced);
      break;
    }
    c.epsilon = c.epsilon / plan.theta > plan.last ? c.epsilon / plan.theta : plan.last;
    restart(team, b, plan, c);
    mark(team, b, c);
  }
  mark(team, b, c);
  team.alone([&] { b.tally->end = c; });
}

}  // namespace outbid::cuda
