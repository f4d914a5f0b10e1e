// The loops over rows: everything that reads arcs, in one table for each vector unit. `rowLoops` picks the widest this machine runs; all give
// the same answer, bid for bid, so the choice shows in time alone.
//
// The bodies are in scan.inc, auction.inc and augment.inc, compiled once for each vector unit by row_loops.cpp. 32 bits suffice: costs are
// within 2^27, prices within -2^27 .. 2^28 (a push may add 2^28 before the run is handed over), distances of a search within 2^28; a pay of
// a usable node is below kRowFar = 6 * 2^27, any other at least that, since kRowOff = 7 * 2^27.
#pragma once

#include <cstdint>
#include <vector>

#include "bid.h"
#include "control.h"
#include "rows/row_market.h"

namespace outbid {

// Shortest-path marks of nodes, cleared by a tick instead of a sweep; push and pull share them.
struct RowMark {
  int32_t distance;
  int32_t stamp;   // the tick at which the mark was set
  int32_t demand;  // the demand that moves: into the node (push) or out of it (pull)
  int32_t cost;    // of the arc it moves over
};

struct RowSearch {
  explicit RowSearch(int32_t nodes)
      : marks(static_cast<size_t>(nodes), RowMark{0, 0, -1, 0}),
        done(static_cast<size_t>(nodes), 0),
        next(static_cast<size_t>(nodes), -1) {}
  Array<RowMark> marks;
  Array<int32_t> done;
  Array<int32_t> next;  // pull: the node the demand moves to
  int32_t tick = 0;
  std::vector<uint64_t> heap;  // distance in the high half, node in the low one
  std::vector<int32_t> settled;
  int64_t expansions = 0;
  int32_t widthNeeded = 0;  // of columns, where a pull found them too narrow
};

// The arcs that pulls may need, by node: those to priced nodes with a reduced cost below `width` when copied. Prices and values only
// fall in pulls, so an arc left out has at least width - (price then - price now); a search that could have used less widens.
struct RowColumns {
  int32_t width = 0;
  Array<int32_t> start;  // nodes + 1
  Array<int32_t> demand;
  Array<int32_t> cost;
  Array<int32_t> priceThen;  // nodes
};

// Both objectives of a state in which nothing is without a place; minimising sense, exact.
struct RowCertificate {
  bool valid = false;
  __int128 primal = 0;
  __int128 dual = 0;
};

struct RowLoops {
  const char* name;
  // The costs of one row as whole numbers in the minimising sense, forbidden pairs of a full matrix as kRowOff; widens low and high.
  // False: not whole, or out of range.
  bool (*readCosts)(const CostView& costs, size_t begin, int32_t count, bool maximize, bool dense, int32_t* to, int32_t& low,
                    int32_t& high);
  // Float costs as doubles in the minimising sense, and the largest of their sizes, those of forbidden pairs of a full matrix left out.
  // False: one is not finite.
  bool (*copyCosts)(const CostView& costs, size_t count, bool maximize, bool dense, double* to, double& most);
  // The costs of one row times `factor`, rounded; widens low and high, sets `rounded` where one is not whole. False: out of range.
  bool (*roundCosts)(const double* from, int32_t count, double factor, int32_t* to, int32_t& low, int32_t& high, bool& rounded);
  // Orders the arcs of a row of up to kOrderedLines lines (row_layout.h); `rank` gets the places they had.
  void (*orderLines)(Line* lines, int32_t count, int32_t nodes, uint8_t* rank);
  // The list of a row, from the start-th eight of its arcs on: fills `lines` lines, returns what the arcs left out cost at least; kRowOff: there are none.
  int32_t (*listMatrixRow)(const int32_t* row, uint32_t start, int32_t stride, int32_t nodes, Line* listed, int32_t lines);
  // Keeps, per node of a full matrix, the least cost so far and the demand it belongs to.
  void (*noteCheapest)(const int32_t* row, int32_t stride, int32_t demand, int32_t* cheapest, int32_t* whose);
  int32_t (*listLines)(const Line* whole, int32_t count, int32_t nodes, Line* listed, int32_t lines);
  // Bids until no demand waits (kAllPlaced), or a limit, a ceiling, the control or a war among the lists of sparse rows ends it.
  ForwardEnd (*forward)(RowMarket& market, int32_t& epsilon, int64_t bidLimit, bool mayRaise, Control& control);
  // Prices down by the discount; who then pays too much waits again, the bids of the others are set anew. Blocks are seated before.
  void (*restart)(RowMarket& market, int32_t epsilon, int32_t discount);
  // Whether a demand with a list would pay less outside it by more than epsilon.
  bool (*paysLessOutside)(const RowMarket& market, int32_t demand, int32_t epsilon);
  // Balanced and single: lowers the price of a demand's own node until it is the demand's best. Returns how many were not.
  int64_t (*settle)(RowMarket& market);
  // Takes the place of every demand that pays more than its least over the whole row, whose better arcs join its list. Fills dropped,
  // paid and value.
  void (*drop)(RowMarket& market, int32_t* value);
  // One shortest augmenting path from a demand without a place. False: none within reach, nothing was moved.
  bool (*push)(RowMarket& market, RowSearch& search, int32_t demand);
  void (*buildColumns)(const RowMarket& market, const int32_t* value, int32_t width, RowColumns& columns);
  // One shortest augmenting path into a hungry node. False: the columns are too narrow, nothing was moved.
  bool (*pull)(RowMarket& market, RowSearch& search, const RowColumns& columns, int32_t* value, int32_t node);
  // The arcs of a whole row that pay less than `width` above the least of it and its unserved cost: their places. Returns how many;
  // `limit` is what they pay less than. Prices are not negative.
  int32_t (*near)(const Rows& rows, const int32_t* price, int32_t demand, int32_t width, int32_t* places, int32_t& limit);
  // Both objectives; fills value (least pay, at most the unserved cost) and the place in its row of the arc each demand uses (-1: none).
  RowCertificate (*certify)(const RowMarket& market, int32_t* value, int32_t* place);
};

// `name`: "avx2", "portable" or nullptr for the best there is; an unknown or unusable name gives the portable one.
const RowLoops& rowLoops(const char* name = nullptr);

}  // namespace outbid
