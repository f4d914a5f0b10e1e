#include "classes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "rows/row_loops.h"

namespace outbid {

namespace {

constexpr double kExactRange = 9007199254740992.0;  // 2^53
const double kFloatRange = std::ldexp(1.0, 960);

inline uint64_t mix(uint64_t h, uint64_t x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 29);
}

inline uint64_t bits(double v) {
  return std::bit_cast<uint64_t>(v);
}

// Reads one demand after the other into the arrays of the class that it would open, and either keeps it there or, when an
// equal class exists, forgets it again.
class Merger {
 public:
  Merger(const ProblemView& view, Classes& out) : view_(view), out_(out), loops_(rowLoops()) {}

  Fault run() {
    open();
    if (Fault f = readNodes(); f != Fault::kNone) return f;
    for (int32_t i = 0; i < view_.demands; i++) {
      if (Fault f = readDemand(i); f != Fault::kNone) return f;
    }
    return close();
  }

 private:
  void open() {
    const size_t n = static_cast<size_t>(view_.demands);
    const size_t arcs = static_cast<size_t>(view_.arcs);
    out_.demands = view_.demands;
    out_.nodes = view_.nodes;
    out_.integer = view_.integer;
    out_.sign = view_.maximize ? -1 : 1;
    out_.dense = view_.offsets == nullptr;
    out_.offset = Array<int32_t>(n + 1);
    out_.offset[0] = 0;
    out_.node = Array<int32_t>(arcs);
    out_.cost = Array<int64_t>(arcs);
    if (!view_.integer) out_.exactCost = Array<double>(arcs);
    hasBounds_ = view_.arcCapacity.each != nullptr || view_.arcCapacity.all != kNoBound;
    if (hasBounds_) out_.bound = Array<int64_t>(arcs);
    out_.arcCapacityOfAll = view_.arcCapacity.all;
    if (view_.arcCapacity.each != nullptr) out_.arcCapacity = Array<int32_t>(arcs);
    out_.isBounded = Array<uint8_t>(n);
    out_.units = Array<int64_t>(n);
    out_.unserved = Array<int64_t>(n);
    if (!view_.integer) out_.exactUnserved = Array<double>(n);
    out_.first = Array<int32_t>(n);
    out_.members = Array<int32_t>(n);
    out_.classOf = Array<int32_t>(n);
    out_.demandUnits = Array<int32_t>(n);
    if (!out_.dense) out_.firstArc = Array<int32_t>(n);
    const size_t table = std::bit_ceil(2 * n + 2);
    table_ = Array<Entry>(table, Entry{0, -1});
    mask_ = table - 1;
  }

  Fault readNodes() {
    const size_t m = static_cast<size_t>(view_.nodes);
    const size_t given = static_cast<size_t>(view_.tiers);
    out_.capacity = Array<int64_t>(m);
    out_.tierOffset = Array<int32_t>(m + 1);
    // A node without tiers of its own gets one of surcharge 0.
    out_.tierSlots = Array<int64_t>(given + m);
    out_.tierSurcharge = Array<int64_t>(given + m, 0);
    if (!view_.integer) out_.exactTierSurcharge = Array<double>(given + m, 0);
    int32_t end = 0;
    int64_t read = 0;
    for (size_t j = 0; j < m; j++) {
      const int32_t capacity = view_.capacity.at(j);
      if (capacity < 0) return Fault::kProblemChanged;
      out_.capacity[j] = capacity;
      out_.totalCapacity += capacity;
      out_.tierOffset[j] = end;
      const int64_t stop = view_.tierOffsets == nullptr ? 0 : view_.tierOffsets[j + 1];
      if (view_.tierOffsets != nullptr && (stop < read || stop > view_.tiers)) return Fault::kProblemChanged;
      if (view_.tierOffsets == nullptr || stop == read) {
        out_.tierSlots[static_cast<size_t>(end++)] = capacity;
        continue;
      }
      int64_t slots = 0;
      double below = 0;
      for (; read < stop; read++, end++) {
        const int32_t s = view_.tierSlots[read];
        const double g = view_.tierSurcharge[read];
        if (s < 0 || !(g >= below) || !note(g)) return Fault::kProblemChanged;
        below = g;
        slots += s;
        out_.tierSlots[static_cast<size_t>(end)] = s;
        if (view_.integer)
          out_.tierSurcharge[static_cast<size_t>(end)] = static_cast<int64_t>(g);
        else
          out_.exactTierSurcharge[static_cast<size_t>(end)] = g;
      }
      if (slots != capacity) return Fault::kProblemChanged;
    }
    out_.tierOffset[m] = end;
    out_.tierSlots.resize(static_cast<size_t>(end));
    out_.tierSurcharge.resize(static_cast<size_t>(end));
    if (!view_.integer) out_.exactTierSurcharge.resize(static_cast<size_t>(end));
    return Fault::kNone;
  }

  // Remembers the largest magnitude; false if the value is not finite, not whole where it must be, or out of range.
  bool note(double v) {
    const double size = std::fabs(v);
    if (!(size <= (view_.integer ? kExactRange : kFloatRange))) return false;
    if (view_.integer && v != std::trunc(v)) return false;
    if (size > largest_) largest_ = size;
    return true;
  }

  // Arcs whose costs are whole and small, without bounds and forbidden pairs, eight at a time. False: they are not all of this kind,
  // and nothing was kept.
  bool readPlainArcs(int64_t begin, int64_t end, size_t to, uint64_t& hash) {
    if (!view_.integer || hasBounds_) return false;
    const int32_t count = static_cast<int32_t>(end - begin);
    if (static_cast<size_t>(count) > plain_.size())
      plain_ = Array<int32_t>(static_cast<size_t>(count) + static_cast<size_t>(count) / 2);
    int32_t* costs = plain_.data();
    int32_t low = 0;
    int32_t high = 0;
    if (!loops_.readCosts(view_.costs, static_cast<size_t>(begin), count, view_.maximize, false, costs, low, high)) return false;
    int32_t* nodes = out_.node.data() + to;
    int64_t* kept = out_.cost.data() + to;
    uint32_t largest = 0;
    if (out_.dense) {
      for (int32_t a = 0; a < count; a++) nodes[a] = a;
    } else {
      const int32_t* targets = view_.targets + begin;
      for (int32_t a = 0; a < count; a++) {
        nodes[a] = targets[a];
        largest = std::max(largest, static_cast<uint32_t>(nodes[a]));
      }
      if (count > 0 && largest >= static_cast<uint32_t>(view_.nodes)) return false;
    }
    for (int32_t a = 0; a < count; a++) kept[a] = costs[a];
    largest_ = std::max({largest_, static_cast<double>(high), -static_cast<double>(low)});
    // Four chains that do not wait for each other.
    uint64_t chain[4] = {hash, 1, 2, 3};
    for (int32_t a = 0; a < count; a++) {
      const uint64_t arc = static_cast<uint64_t>(static_cast<uint32_t>(nodes[a])) << 32 | static_cast<uint32_t>(costs[a]);
      chain[a & 3] = (std::rotl(chain[a & 3], 23) ^ arc) * 0x9E3779B97F4A7C15ull;
    }
    hash = mix(mix(chain[0], chain[1]), mix(chain[2], chain[3]));
    return true;
  }

  Fault readArcs(int64_t begin, int64_t end, int32_t units, size_t& to, uint64_t& hash, bool& binds) {
    for (int64_t a = begin; a < end; a++) {
      double c = view_.costs.at(static_cast<size_t>(a));
      if (out_.dense && c == out_.sign * INFINITY) continue;
      if (!note(c)) return Fault::kProblemChanged;
      const int32_t j = out_.dense ? static_cast<int32_t>(a - begin) : view_.targets[a];
      if (j < 0 || j >= view_.nodes) return Fault::kProblemChanged;
      c = c * out_.sign + 0.0;
      out_.node[to] = j;
      if (view_.integer)
        out_.cost[to] = static_cast<int64_t>(c);
      else
        out_.exactCost[to] = c;
      hash = mix(hash, bits(c) + static_cast<uint64_t>(static_cast<uint32_t>(j)) * 0xD6E8FEB86659FD93ull);
      if (hasBounds_) {
        const int32_t bound = view_.arcCapacity.at(static_cast<size_t>(a));
        if (bound < 0) return Fault::kProblemChanged;
        out_.bound[to] = bound;
        if (!out_.arcCapacity.empty()) out_.arcCapacity[static_cast<size_t>(a)] = bound;
        binds |= bound < units;
      }
      to++;
    }
    return Fault::kNone;
  }

  Fault readDemand(int32_t demand) {
    const size_t i = static_cast<size_t>(demand);
    const int32_t units = view_.units.at(i);
    const double r = view_.unservedCost.at(i);
    const bool must = r == INFINITY;
    if (units < 0 || (!must && !note(r))) return Fault::kProblemChanged;
    out_.demandUnits[i] = units;
    out_.totalUnits += units;
    const int64_t begin = out_.dense ? static_cast<int64_t>(demand) * view_.nodes : rowEnd_;
    int64_t end = begin + view_.nodes;
    if (!out_.dense) {
      end = view_.offsets[i + 1];
      if (end < begin || end > view_.arcs) return Fault::kProblemChanged;
      out_.firstArc[i] = static_cast<int32_t>(begin);
      rowEnd_ = end;
    }
    const size_t from = static_cast<size_t>(out_.offset[static_cast<size_t>(out_.classes)]);
    size_t to = from;
    uint64_t hash = bits(must ? 0 : r + 0.0) ^ (must ? 0x5bd1e995u : 0u);
    bool binds = false;
    if (!readPlainArcs(begin, end, from, hash)) {
      if (Fault f = readArcs(begin, end, units, to, hash, binds); f != Fault::kNone) return f;
    } else {
      to = from + static_cast<size_t>(end - begin);
    }
    if (binds) {
      out_.bounded = true;
      hash = mix(hash, static_cast<uint64_t>(units) + 1);
      for (size_t a = from; a < to; a++) hash = mix(hash, static_cast<uint64_t>(out_.bound[a]));
    } else if (hasBounds_) {
      for (size_t a = from; a < to; a++) out_.bound[a] = kInfinite;
    }
    const int32_t found = lookUp(hash, from, to, units, r, binds, demand);
    out_.classOf[i] = found;
    return Fault::kNone;
  }

  int32_t lookUp(uint64_t hash, size_t from, size_t to, int32_t units, double r, bool binds, int32_t demand) {
    const uint32_t tag = static_cast<uint32_t>(hash >> 32);
    for (size_t at = (hash * 0xD6E8FEB86659FD93ull >> 20) & mask_;; at = (at + 1) & mask_) {
      Entry& entry = table_[at];
      if (entry.cls < 0) {
        entry = Entry{tag, out_.classes};
        return addClass(to, units, r, binds, demand);
      }
      if (entry.tag == tag && equal(entry.cls, from, to, units, r, binds)) {
        const size_t c = static_cast<size_t>(entry.cls);
        out_.units[c] += units;
        out_.members[c]++;
        return entry.cls;
      }
    }
  }

  // The hash only finds candidates: equality is decided on the values.
  bool equal(int32_t cls, size_t from, size_t to, int32_t units, double r, bool binds) const {
    const size_t c = static_cast<size_t>(cls);
    const size_t start = static_cast<size_t>(out_.offset[c]);
    const size_t length = to - from;
    if (static_cast<size_t>(out_.offset[c + 1]) - start != length || (out_.isBounded[c] != 0) != binds) return false;
    const bool sameCost = r == INFINITY   ? out_.unserved[c] >= kInfinite
                          : view_.integer ? out_.unserved[c] == static_cast<int64_t>(r)
                                          : out_.unserved[c] < kInfinite && out_.exactUnserved[c] == r;
    if (!sameCost) return false;
    if (std::memcmp(&out_.node[start], &out_.node[from], length * sizeof(int32_t)) != 0) return false;
    const void* left = view_.integer ? static_cast<const void*>(&out_.cost[start]) : &out_.exactCost[start];
    const void* right = view_.integer ? static_cast<const void*>(&out_.cost[from]) : &out_.exactCost[from];
    if (std::memcmp(left, right, length * 8) != 0) return false;
    return !binds || (out_.demandUnits[static_cast<size_t>(out_.first[c])] == units &&
                      std::memcmp(&out_.bound[start], &out_.bound[from], length * sizeof(int64_t)) == 0);
  }

  int32_t addClass(size_t to, int32_t units, double r, bool binds, int32_t demand) {
    const size_t c = static_cast<size_t>(out_.classes);
    out_.offset[c + 1] = static_cast<int32_t>(to);
    out_.isBounded[c] = binds;
    out_.units[c] = units;
    out_.unserved[c] = r == INFINITY ? kInfinite : view_.integer ? static_cast<int64_t>(r) : 0;
    if (!view_.integer) out_.exactUnserved[c] = r + 0.0;
    out_.first[c] = demand;
    out_.members[c] = 1;
    return out_.classes++;
  }

  Fault close() {
    // The range the caller was promised, checked again on the values that were read.
    const double limit = view_.integer ? kExactRange : kFloatRange;
    const double shorter = std::min(view_.demands, view_.nodes);
    if (static_cast<double>(out_.totalUnits) * largest_ > limit || 2 * largest_ * (shorter + 1) > limit)
      return Fault::kProblemChanged;
    const size_t c = static_cast<size_t>(out_.classes);
    const size_t arcs = static_cast<size_t>(out_.offset[c]);
    if (out_.bounded) {
      for (size_t k = 0; k < c; k++) {
        if (out_.isBounded[k] == 0 || out_.members[k] == 1) continue;
        for (size_t a = static_cast<size_t>(out_.offset[k]); a < static_cast<size_t>(out_.offset[k + 1]); a++)
          out_.bound[a] *= out_.members[k];
      }
    } else {
      out_.bound = Array<int64_t>();
    }
    if (c < static_cast<size_t>(view_.demands)) {
      out_.offset.resize(c + 1);
      out_.node.resize(arcs);
      out_.cost.resize(arcs);
      if (!view_.integer) out_.exactCost.resize(arcs);
      if (out_.bounded) out_.bound.resize(arcs);
    }
    return Fault::kNone;
  }

  struct Entry {
    uint32_t tag;
    int32_t cls;
  };
  const ProblemView& view_;
  Classes& out_;
  const RowLoops& loops_;
  bool hasBounds_ = false;
  int64_t rowEnd_ = 0;
  double largest_ = 0;
  Array<Entry> table_;
  Array<int32_t> plain_;  // costs of the row being read
  size_t mask_ = 0;
};

}  // namespace

Fault mergeClasses(const ProblemView& view, Classes& classes) {
  if (view.demands < 0 || view.nodes < 0 || view.arcs < 0 || view.arcs > INT32_MAX) return Fault::kProblemChanged;
  if (view.offsets != nullptr && view.offsets[0] != 0) return Fault::kProblemChanged;
  return Merger(view, classes).run();
}

size_t Classes::bytes() const {
  return offset.bytes() + node.bytes() + cost.bytes() + exactCost.bytes() + bound.bytes() + isBounded.bytes() + units.bytes() +
         unserved.bytes() + exactUnserved.bytes() + first.bytes() + members.bytes() + classOf.bytes() + demandUnits.bytes() +
         firstArc.bytes() + capacity.bytes() + tierOffset.bytes() + tierSlots.bytes() + tierSurcharge.bytes() +
         exactTierSurcharge.bytes();
}

}  // namespace outbid
