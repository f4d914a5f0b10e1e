// The board: a market of unit demands as flat arrays, the one state that every step of the device's auction reads and writes.
//
//   price_j                    of a node; a node without slots has kOff, which is out of reach
//   who, bid [first_j ..]      who holds the slots of node j, in no order, and what each would pay there at most. A node that more
//                              slots than demands can reach never fills: no slots are kept of it (first_j = first_j+1), only its load
//   at_i, paid_i               the demand's node, kPooled or kUnplaced, and the cost of the arc it uses
//   active                     the demands that wait to bid; two lists, one is read while the other is filled
//   wanted, offered            what the active demands bid for and how much; one entry each of the active list
//   touched, asked, segment    nodes that were bid for in this round, how often, and where their comers stand in comer, comerBid,
//                              comerCost
//
// Magnitudes in 32 bits, those of the core's rows: costs within 2^27, prices within 2^28, a pay below kFar leads to a usable node,
// any other is at least that, and no sum of two leaves 31 bits.
#pragma once

#include <cstdint>

// Device code in a CUDA build, where nothing else calls it; plain functions everywhere else.
#if defined(__CUDACC__)
#define OUTBID_HD __device__
#define OUTBID_UNROLL _Pragma("unroll")
#else
#define OUTBID_HD
#define OUTBID_UNROLL
#endif

namespace outbid::cuda {

constexpr int32_t kMostCost = 1 << 27;
constexpr int32_t kMostPrice = 1 << 28;
constexpr int32_t kFar = 3 << 28;
constexpr int32_t kOff = 7 << 27;
constexpr int32_t kPooled = -1;    // goes unserved
constexpr int32_t kUnplaced = -2;  // has no place
constexpr int32_t kSums = 64;      // accumulators a sum is spread over

// Where the schedule stands. Every thread of a team holds its own copy, and all copies are equal.
struct Course {
  int32_t side = 0;    // which active list is read
  int32_t parity = 0;  // which of the alternating counters is in use
  int32_t epsilon = 0;
  int32_t rounds = 0;
  int32_t lastRound = 0;  // forward leaves the rest unplaced here,
  int32_t mayRaise = 0;
  int64_t bids = 0;
  int64_t lastBid = 0;  // and here
  int64_t nextWar = 0;
  int32_t relaxations = 0;     // rounds of settle
  int32_t lastRelaxation = 0;  // which ends here
};

// When a part of the schedule ended, by the device's clock in nanoseconds (0 on a processor).
struct Mark {
  int64_t time;
  int64_t bids;
  int32_t rounds;
  int32_t epsilon;
};
constexpr int32_t kMarks = 32;

// Counters. What steers the schedule is written in one step, read by all after it and not written in the step after that.
struct Tally {
  int32_t active[2];
  int32_t touched[2];
  int32_t comers;
  int32_t seats;
  int32_t stop;
  int32_t waiting;  // somebody does who must be served
  int32_t leaving;  // demands that would rather go unserved
  int32_t beyond;   // a price has left its bounds: settle gives up, and a search is the last one
  int32_t givenUp;  // the same, for rounds that write the one above
  int32_t settles;  // how often settle found all prices
  int32_t raises;   // of epsilon
  // Chains.
  int32_t taken;     // of the active list
  int32_t pending;   // demands without a place
  int32_t frontier;  // entries
  int32_t work;      // entries
  int32_t endings;
  int32_t level[2];   // the next there is
  int32_t freeLevel;  // where the first free node was reached
  int32_t searches;
  int64_t expanded;
  int64_t lists;    // made anew
  int64_t chained;  // bids of chains
  Course course;    // where a small team left the schedule,
  Course end;       // and where it ended
  int64_t primal[kSums];
  int64_t dual[kSums];
  int32_t marks;
  Mark mark[kMarks];  // the first: when it began; then each forward and each restart; the last: settle
  int32_t unplaced;   // demands, as the certificate finds them
};

// The parameters of the schedule (schedule.h of the core). None decides the answer.
struct Plan {
  int32_t start = 1;  // first epsilon
  int32_t last = 1;   // last
  int32_t theta = 6;  // divides by this
  int32_t kappa = 12;
  int32_t range = 1;  // of the costs: what no difference of costs makes up for
  int32_t rounds = 1 << 13;
  int32_t relaxations = 1 << 11;  // rounds of settle
  int32_t mayWait = 0;            // a phase may leave so many demands active,
  int32_t tail = 64;              // and the last whoever is active this many rounds later
  int32_t exact = 0;              // the last epsilon makes prices exact unless a node is priced and idle
  int32_t soloBelow = 256;        // this few active demands are one block's work
  int32_t chains = 0;             // at most so many at a time; 0: rounds
  int32_t fewest = 0;             // so many demands left go to searches
  int32_t warm = 0;               // there are prices to begin with
  int64_t warBids = 0;
  int64_t bidLimit = 0;

  bool operator==(const Plan&) const = default;
};

// One demand's view of its arcs: the cheapest node, what it pays there, and the least it pays elsewhere.
struct Best {
  int32_t first;
  int32_t second;
  int32_t node;
};

// An arc of a shortlist.
struct alignas(8) Listed {
  int32_t node;
  int32_t cost;
};
constexpr int32_t kListed = 32;  // arcs of a shortlist

struct Board {
  int32_t demands = 0;
  int32_t nodes = 0;
  int32_t dense = 0;  // the arcs of a demand are a row of a full matrix: `node` is not read
  int32_t parts = 0;  // room for so many parts of rows
  uint64_t seed = 0;

  // Read only.
  const int64_t* begin = nullptr;          // demands: first arc
  const int32_t* count = nullptr;          // demands: arcs
  const int32_t* node = nullptr;           // arcs
  const int32_t* cost = nullptr;           // arcs; kOff: forbidden
  const int32_t* unserved = nullptr;       // demands; kFar: must be served
  const int32_t* capacity = nullptr;       // nodes
  const int32_t* first = nullptr;          // nodes + 1
  const int32_t* initial = nullptr;        // nodes: prices to begin with
  const volatile int32_t* stop = nullptr;  // other than 0: end

  Tally* tally = nullptr;
  int32_t* price = nullptr;       // nodes
  int32_t* load = nullptr;        // nodes
  int32_t* who = nullptr;         // slots
  int32_t* bid = nullptr;         // slots
  int32_t* at = nullptr;          // demands
  int32_t* paid = nullptr;        // demands
  int32_t* active[2] = {};        // demands
  int32_t* wanted = nullptr;      // demands: node, or -1
  int32_t* offered = nullptr;     // demands
  int32_t* ticket = nullptr;      // demands: which of the comers it is
  int32_t* wantedCost = nullptr;  // demands
  int32_t* touched = nullptr;     // nodes
  int32_t* asked = nullptr;       // nodes
  int32_t* segment = nullptr;     // nodes
  int32_t* comer = nullptr;       // demands
  int32_t* comerBid = nullptr;    // demands
  int32_t* comerCost = nullptr;   // demands
  Best* part = nullptr;           // parts
  // Settle.
  int32_t* least = nullptr;   // nodes
  uint64_t* best = nullptr;   // nodes: the highest price it was asked for, and by whom
  uint64_t* claim = nullptr;  // demands: the highest
  // Chains, of full matrices with a slot a node (chains.h, push.h).
  Listed* list = nullptr;       // demands * kListed
  int32_t* floor = nullptr;     // demands
  uint64_t* slot = nullptr;     // nodes: price and who holds the slot
  uint64_t* label = nullptr;    // nodes: level and demand it is reached from
  int32_t* frontier = nullptr;  // nodes + 2 demands: what is reached and not settled
  int32_t* work = nullptr;      // nodes + 2 demands: what is settled in this step
  int32_t* due = nullptr;       // demands: level from where the whole row counts
  int32_t* taker = nullptr;     // demands: the key of the free node that this source takes
  int32_t* ending = nullptr;    // nodes: free nodes that were reached
  int32_t* source = nullptr;    // nodes: from where
  // Certificate.
  int64_t* proof = nullptr;  // nodes: final prices
  int64_t* value = nullptr;  // demands: least pay
};

}  // namespace outbid::cuda
