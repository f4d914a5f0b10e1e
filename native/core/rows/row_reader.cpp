#include "rows/row_layout.h"

#include <algorithm>
#include <cmath>

#include "rows/row_floats.h"
#include "rows/row_loops.h"
#include "rows/row_samples.h"

namespace outbid {

namespace {

constexpr int32_t kBalancedListed = 24;  // at least where every slot must be used
constexpr int32_t kDenseNodes = 24;      // a full matrix of fewer nodes is left to the classes

// Demands and nodes, at most: with twice as many the places of all slots, in blocks of kBlock, might not fit 32 bits.
constexpr int32_t kMostEach = INT32_MAX / 32;

// Lines in the list of a long row.
int32_t listLines(int32_t arcs, int32_t least) {
  return std::clamp(arcs / 16, least, kMostListed) / kLanes;
}

class RowReader {
 public:
  RowReader(const ProblemView& view, bool scalable, Rows& rows)
      : view_(view), rows_(rows), scalable_(scalable), loops_(rowLoops()) {}

  Fault run(bool& fits) {
    fits = false;
    if (Fault f = readNodes(); f != Fault::kNone) return f;
    bool ok = false;
    if (!(view_.integer ? readUnserved() : readFloats())) return Fault::kNone;
    if (Fault f = readShape(ok); f != Fault::kNone || !ok) return f;
    if (Fault f = readArcs(ok); f != Fault::kNone || !ok) return f;
    if (rows_.scale > 1 && std::max(high_, -low_) > kRowCost / rows_.scale) return Fault::kNone;  // an unserved cost
    rows_.range = (high_ - low_) * rows_.scale + 1;
    if (rows_.listed && !listsHoldAll(rows_)) rows_.listed = false;
    rows_.spread = rows_.spreadOf(rows_.listed);
    fits = true;
    return Fault::kNone;
  }

 private:
  Fault readNodes() {
    const size_t m = static_cast<size_t>(view_.nodes);
    rows_.demands = view_.demands;
    rows_.nodes = view_.nodes;
    rows_.sign = view_.maximize ? -1 : 1;
    rows_.capacity = Array<int32_t>(m);
    rows_.slots = Array<int32_t>(m);
    int64_t usable = 0;
    for (size_t j = 0; j < m; j++) {
      const int32_t capacity = view_.capacity.at(j);
      if (capacity < 0) return Fault::kProblemChanged;
      rows_.capacity[j] = capacity;
      rows_.totalCapacity += capacity;
      rows_.slots[j] = std::min(capacity, view_.demands);
      usable += rows_.slots[j];
      withoutSlots_ |= capacity == 0;
    }
    // Where capacity is no matter, arcs into a node say how many slots can be used.
    countArcs_ = usable > 4 * (static_cast<int64_t>(view_.demands) + view_.nodes);
    return Fault::kNone;
  }

  // Very short rows would fill their lines with nothing.
  bool tooShort(int64_t lines) const { return lines * kLanes > 4 * view_.arcs + 8 * kLanes; }

  Fault readShape(bool& ok) {
    const size_t n = static_cast<size_t>(view_.demands);
    rows_.first = Array<int32_t>(n);
    rows_.last = Array<int32_t>(n);
    rows_.floor = Array<int32_t>(n, kRowOff);
    if (view_.offsets == nullptr) {
      rows_.stride = (view_.nodes + kLanes - 1) / kLanes * kLanes;
      ok = static_cast<int64_t>(rows_.stride) * view_.demands < INT32_MAX / 2;
      if (!ok) return Fault::kNone;
      const int32_t lines = listLines(view_.nodes, shortest_);
      for (size_t i = 0; i < n; i++) {
        rows_.first[i] = static_cast<int32_t>(i) * lines;
        rows_.last[i] = rows_.first[i] + lines;
      }
      rows_.usedLines = lines * view_.demands;
      rows_.lines = Array<Line>(static_cast<size_t>(rows_.usedLines));
      rows_.listed = true;
      rows_.matrix = Array<int32_t>(static_cast<size_t>(rows_.stride) * n);
      return Fault::kNone;
    }
    rows_.offset = Array<int32_t>(n + 1);
    rows_.offset[0] = 0;
    if (rows_.mustServe == view_.demands && rows_.totalCapacity == view_.demands) {
      // Prices have no floor, so no scan can stop early: shorter lists.
      shortLines_ = kBalancedListed / kLanes;
      shortest_ = kBalancedListed;
    } else {
      rows_.ordered = true;
    }
    int64_t lines = 0;
    int64_t whole = 0;
    for (size_t i = 0; i < n; i++) {
      const int32_t end = view_.offsets[i + 1];
      if (end < rows_.offset[i] || end > view_.arcs) return Fault::kProblemChanged;
      rows_.offset[i + 1] = end;
      const int32_t mine = (end - rows_.offset[i] + kLanes - 1) / kLanes;
      rows_.first[i] = static_cast<int32_t>(lines);
      lines += mine > shortLines_ ? listLines(end - rows_.offset[i], shortest_) : mine;
      rows_.last[i] = static_cast<int32_t>(lines);
      if (mine > shortLines_) whole += mine;
      longest_ = std::max(longest_, mine);
    }
    ok = !tooShort(lines + whole);
    if (!ok) return Fault::kNone;
    rows_.lines = Array<Line>(static_cast<size_t>(lines));
    rows_.usedLines = static_cast<int32_t>(lines);
    rows_.ordered &= std::min(longest_, kOrderedLines) > kPlainLines;
    if (rows_.ordered) rows_.rank = Array<uint8_t>(static_cast<size_t>(lines) * kLanes);
    if (whole == 0) return Fault::kNone;
    rows_.listed = true;
    rows_.whole = Array<Line>(static_cast<size_t>(whole));
    rows_.wholeFirst = Array<int32_t>(n + 1);
    rows_.wholeFirst[0] = 0;
    for (size_t i = 0; i < n; i++) {
      const int32_t mine = (rows_.offset[i + 1] - rows_.offset[i] + kLanes - 1) / kLanes;
      rows_.wholeFirst[i + 1] = rows_.wholeFirst[i] + (mine > shortLines_ ? mine : 0);
    }
    return Fault::kNone;
  }

  bool readUnserved() {
    const size_t n = static_cast<size_t>(view_.demands);
    rows_.unserved = Array<int32_t>(n);
    for (size_t i = 0; i < n; i++) {
      if (view_.units.at(i) != 1) return false;
      const double r = view_.unservedCost.at(i);
      if (r == INFINITY) {
        rows_.unserved[i] = kRowFar;
        rows_.mustServe++;
        continue;
      }
      if (!(std::fabs(r) <= kRowCost) || r != std::trunc(r)) return false;
      rows_.unserved[i] = static_cast<int32_t>(r);
      low_ = std::min(low_, rows_.unserved[i]);
      high_ = std::max(high_, rows_.unserved[i]);
      rows_.meanUnserved += std::fabs(r);
    }
    if (rows_.mustServe < view_.demands) rows_.meanUnserved /= static_cast<double>(view_.demands - rows_.mustServe);
    return true;
  }

  // The same for float data, and the unit that costs are rounded to.
  bool readFloats() {
    // Nothing is copied for rows that readShape will refuse.
    int64_t lines = 0;
    for (int32_t i = 0; i < view_.demands && view_.offsets != nullptr; i++)
      lines += (int64_t{view_.offsets[i + 1]} - view_.offsets[i] + kLanes - 1) / kLanes;
    if (tooShort(lines) || !outbid::readFloats(view_, loops_, rows_)) return false;
    factor_ = std::ldexp(1.0, rows_.exponent);
    for (const int32_t r : rows_.unserved) {
      if (r == kRowFar) continue;
      low_ = std::min(low_, r);
      high_ = std::max(high_, r);
    }
    return true;
  }

  Fault readArcs(bool& ok) {
    if (scalable_ && view_.integer) scaleBits_ = narrowBits(view_, rows_, loops_);
    rows_.scale = 1 << scaleBits_;
    for (int32_t& r : rows_.unserved) r = r == kRowFar ? r : r * rows_.scale;
    rows_.meanUnserved *= rows_.scale;
    Array<int32_t> degree(countArcs_ ? static_cast<size_t>(view_.nodes) : 0, 0);
    Array<int32_t> costs(static_cast<size_t>(longest_) * kLanes);
    // Where every slot of a matrix must be used, no node may be missing from all lists.
    const bool balanced = rows_.mustServe == view_.demands && rows_.totalCapacity == view_.demands && rows_.stride > 0;
    Array<int32_t> cheapest(balanced ? static_cast<size_t>(rows_.stride) : 0, kRowOff);
    Array<int32_t> whose(balanced ? static_cast<size_t>(rows_.stride) : 0, -1);
    for (int32_t i = 0; i < view_.demands; i++) {
      const size_t k = static_cast<size_t>(i);
      const int32_t count = rows_.arcsOf(i);
      const size_t begin = rows_.stride > 0 ? k * static_cast<size_t>(view_.nodes) : static_cast<size_t>(rows_.offset[k]);
      const int32_t mine = rows_.wholeCount(i);
      const bool isLong = rows_.stride > 0 || mine > shortLines_;
      int32_t* to = rows_.stride > 0 ? rows_.matrix.data() + k * static_cast<size_t>(rows_.stride) : costs.data();
      ok = view_.integer ? loops_.readCosts(view_.costs, begin, count, view_.maximize, rows_.stride > 0, to, low_, high_)
                         : loops_.roundCosts(rows_.exact.data() + begin, count, factor_, to, low_, high_, rows_.rounded);
      if (!ok) return Fault::kNone;
      if (rows_.scale > 1) {
        ok = std::max(high_, -low_) <= kRowCost / rows_.scale;
        if (!ok) return Fault::kNone;
        for (int32_t a = 0; a < count; a++) to[a] = to[a] == kRowOff ? kRowOff : to[a] << scaleBits_;
      }
      bool some = false;
      Line* listed = rows_.lines.data() + rows_.first[k];
      if (rows_.stride > 0) {
        std::fill(to + count, to + rows_.stride, kRowOff);
        rows_.floor[k] = loops_.listMatrixRow(to, static_cast<uint32_t>(i) * 0x9E3779B1u >> 8, rows_.stride, rows_.nodes, listed,
                                              listLines(view_.nodes, shortest_));
        if (balanced) loops_.noteCheapest(to, rows_.stride, i, cheapest.data(), whose.data());
        some = rows_.floor[k] < kRowOff || listed[0].node[0] < rows_.nodes;
        if (withoutSlots_) some = leadsSomewhere(i);
      } else {
        Line* lines = isLong ? rows_.whole.data() + rows_.wholeFirst[k] : listed;
        const int32_t* targets = view_.targets + begin;
        uint32_t largest = 0;
        for (int32_t a = 0; a < count; a++) {
          const int32_t node = targets[a];
          largest = std::max(largest, static_cast<uint32_t>(node));
          lines[a / kLanes].node[a % kLanes] = node;
          lines[a / kLanes].cost[a % kLanes] = to[a];
        }
        if (count > 0 && largest >= static_cast<uint32_t>(view_.nodes)) return Fault::kProblemChanged;
        for (int32_t a = count; a < mine * kLanes; a++) {
          lines[a / kLanes].node[a % kLanes] = view_.nodes;
          lines[a / kLanes].cost[a % kLanes] = 0;
        }
        if (countArcs_) {
          for (int32_t a = 0; a < count; a++) degree[static_cast<size_t>(lines[a / kLanes].node[a % kLanes])]++;
        }
        if (rows_.ordered && mine > kPlainLines && !isLong)
          loops_.orderLines(lines, mine, rows_.nodes, rows_.rank.data() + static_cast<size_t>(rows_.first[k]) * kLanes);
        if (isLong) rows_.floor[k] = loops_.listLines(lines, count, rows_.nodes, listed, listLines(count, shortest_));
        some = withoutSlots_ ? leadsSomewhere(i) : count > 0;
      }
      if (!some && rows_.unserved[k] == kRowFar) rows_.hopeless = true;
    }
    int32_t missing = 0;
    for (int32_t j = 0; balanced && j < rows_.nodes; j++) {
      const int32_t demand = whose[static_cast<size_t>(j)];
      if (demand < 0 || cheapest[static_cast<size_t>(j)] < rows_.floor[static_cast<size_t>(demand)]) continue;
      rows_.extend(demand, &j, &cheapest[static_cast<size_t>(j)], 1);
      missing++;
    }
    // Where all demands like the same few nodes, lists hold no answer.
    if (missing > rows_.nodes / 2) rows_.listed = false;
    if (countArcs_ && rows_.stride == 0) {
      for (size_t j = 0; j < degree.size(); j++) rows_.slots[j] = std::min(rows_.slots[j], degree[j]);
    }
    return Fault::kNone;
  }

  bool leadsSomewhere(int32_t demand) const {
    for (int32_t a = 0; a < (rows_.stride > 0 ? rows_.nodes : rows_.wholeCount(demand) * kLanes); a++) {
      if (rows_.nodeAt(demand, a) == rows_.nodes) continue;
      if (rows_.costAt(demand, a) < kRowOff && rows_.capacity[static_cast<size_t>(rows_.nodeAt(demand, a))] > 0) return true;
    }
    return false;
  }

  const ProblemView& view_;
  Rows& rows_;
  const bool scalable_;
  const RowLoops& loops_;
  int32_t scaleBits_ = 0;
  double factor_ = 1;  // float costs times this are the units
  bool withoutSlots_ = false;
  bool countArcs_ = false;
  int32_t longest_ = 0;
  int32_t shortLines_ = kOrderedLines;  // rows of more lines stand twice,
  int32_t shortest_ = kMostListed;      // with this many arcs in their list at least
  int32_t low_ = 0;
  int32_t high_ = 0;
};

}  // namespace

Fault readRows(const ProblemView& view, bool scalable, Rows& rows, bool& fits) {
  fits = false;
  const bool bounded = view.arcCapacity.each != nullptr || view.arcCapacity.all != kNoBound;
  if (view.tierOffsets != nullptr || bounded) return Fault::kNone;
  if (view.demands < 1 || view.nodes < 1 || view.arcs < 1 || view.arcs > INT32_MAX / kLanes) return Fault::kNone;
  if (view.demands > kMostEach || view.nodes > kMostEach) return Fault::kNone;
  if (view.units.each == nullptr && view.units.all != 1) return Fault::kNone;
  if (view.offsets == nullptr && view.nodes < kDenseNodes) return Fault::kNone;
  if (view.offsets != nullptr && view.offsets[0] != 0) return Fault::kProblemChanged;
  if (demandsRepeat(view)) return Fault::kNone;
  if (Fault f = RowReader(view, scalable, rows).run(fits); f != Fault::kNone || fits || rows.scale == 1) return f;
  // A few costs that are far larger than the others do not bear scaling.
  rows = Rows();
  return RowReader(view, false, rows).run(fits);
}

}  // namespace outbid
