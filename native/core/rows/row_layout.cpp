#include "rows/row_layout.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace outbid {

namespace {

constexpr int32_t kSample = 1024;  // demands looked at to see whether they repeat and how far their costs spread
constexpr int32_t kSampledArcs = 16;
constexpr int32_t kRepeated = 16;  // equal pairs in the sample from which merging pays: some 30,000 distinct demands

uint64_t mix(uint64_t h, uint64_t x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 29);
}

// True if a sample of demands holds so many equal ones that classes are worth their while.
bool repeats(const ProblemView& view) {
  const int32_t n = view.demands;
  const int32_t sample = std::min(n, kSample);
  std::vector<uint64_t> hashes(static_cast<size_t>(sample));
  for (int32_t s = 0; s < sample; s++) {
    const size_t i = static_cast<size_t>(static_cast<int64_t>(s) * n / sample);
    const int64_t begin = view.offsets[i];
    const int64_t end = view.offsets[i + 1];
    uint64_t hash = mix(0, std::bit_cast<uint64_t>(view.unservedCost.at(i)) + static_cast<uint64_t>(end - begin));
    if (begin >= 0 && end >= begin && end <= view.arcs) {
      for (int64_t a = begin; a < std::min(end, begin + kSampledArcs); a++)
        hash = mix(hash, std::bit_cast<uint64_t>(view.costs.at(static_cast<size_t>(a)) + 0.0) +
                             static_cast<uint64_t>(static_cast<uint32_t>(view.targets[a])));
    }
    hashes[static_cast<size_t>(s)] = hash;
  }
  std::sort(hashes.begin(), hashes.end());
  int32_t pairs = 0;
  for (size_t s = 1; s < hashes.size(); s++) pairs += hashes[s] == hashes[s - 1];
  return pairs >= std::max(1, std::min(kRepeated, sample / 16));
}

// Sorts a row by (cost, place) by dealing it into buckets of equal width and sorting within each.
class RowSorter {
 public:
  void sort(const int32_t* nodes, const int32_t* costs, int32_t count, Line* lines, int32_t* rank) {
    int32_t low = costs[0];
    int32_t high = costs[0];
    for (int32_t a = 1; a < count; a++) {
      low = std::min(low, costs[a]);
      high = std::max(high, costs[a]);
    }
    const int32_t buckets = static_cast<int32_t>(std::bit_ceil(static_cast<uint32_t>(std::min(count, 1 << 16))));
    const float scale = static_cast<float>(buckets) / (static_cast<float>(high - low) + 1);
    start_.assign(static_cast<size_t>(buckets) + 1, 0);
    bucket_.resize(static_cast<size_t>(count));
    keys_.resize(static_cast<size_t>(count));
    for (int32_t a = 0; a < count; a++) {
      const int32_t b = std::min(buckets - 1, static_cast<int32_t>(static_cast<float>(costs[a] - low) * scale));
      bucket_[static_cast<size_t>(a)] = b;
      start_[static_cast<size_t>(b) + 1]++;
    }
    for (size_t b = 0; b < static_cast<size_t>(buckets); b++) start_[b + 1] += start_[b];
    for (int32_t a = 0; a < count; a++) {
      const uint64_t key = static_cast<uint64_t>(static_cast<uint32_t>(costs[a] - low)) << 32 | static_cast<uint32_t>(a);
      keys_[static_cast<size_t>(start_[static_cast<size_t>(bucket_[static_cast<size_t>(a)])]++)] = key;
    }
    // start_[b] is now where bucket b ends; buckets are in order, so what is out of order is so within one.
    int32_t from = 0;
    for (size_t b = 0; b < static_cast<size_t>(buckets); b++) {
      const int32_t to = start_[b];
      if (to - from > 12) {
        std::sort(keys_.begin() + from, keys_.begin() + to);
      } else {
        for (int32_t q = from + 1; q < to; q++) {
          const uint64_t key = keys_[static_cast<size_t>(q)];
          int32_t at = q;
          for (; at > from && keys_[static_cast<size_t>(at) - 1] > key; at--)
            keys_[static_cast<size_t>(at)] = keys_[static_cast<size_t>(at) - 1];
          keys_[static_cast<size_t>(at)] = key;
        }
      }
      from = to;
    }
    for (int32_t a = 0; a < count; a++) {
      const int32_t place = static_cast<int32_t>(keys_[static_cast<size_t>(a)] & 0xffffffffu);
      lines[a / kLanes].node[a % kLanes] = nodes[place];
      lines[a / kLanes].cost[a % kLanes] = costs[place];
      rank[a] = place;
    }
  }

 private:
  std::vector<int32_t> start_;
  std::vector<int32_t> bucket_;
  std::vector<uint64_t> keys_;
};

class RowReader {
 public:
  RowReader(const ProblemView& view, Rows& rows) : view_(view), rows_(rows) {}

  Fault run(bool& fits) {
    fits = false;
    if (Fault f = readNodes(); f != Fault::kNone) return f;
    bool ok = false;
    if (Fault f = readOffsets(ok); f != Fault::kNone || !ok) return f;
    if (!readUnserved()) return Fault::kNone;
    Fault fault = Fault::kNone;
    switch (view_.costs.type) {
      case CostType::kFloat64: fault = readArcs<double>(ok); break;
      case CostType::kFloat32: fault = readArcs<float>(ok); break;
      case CostType::kInt32: fault = readArcs<int32_t>(ok); break;
      case CostType::kUint32: fault = readArcs<uint32_t>(ok); break;
      case CostType::kInt16: fault = readArcs<int16_t>(ok); break;
      case CostType::kUint16: fault = readArcs<uint16_t>(ok); break;
      case CostType::kInt8: fault = readArcs<int8_t>(ok); break;
      case CostType::kUint8: fault = readArcs<uint8_t>(ok); break;
    }
    if (fault != Fault::kNone || !ok) return fault;
    measureSpread();
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
    for (size_t j = 0; j < m; j++) {
      const int32_t capacity = view_.capacity.at(j);
      if (capacity < 0) return Fault::kProblemChanged;
      rows_.capacity[j] = capacity;
      rows_.totalCapacity += capacity;
    }
    return Fault::kNone;
  }

  Fault readOffsets(bool& ok) {
    const size_t n = static_cast<size_t>(view_.demands);
    rows_.first = Array<int32_t>(n + 1);
    rows_.offset = Array<int32_t>(n + 1);
    rows_.offset[0] = 0;
    rows_.first[0] = 0;
    int64_t lines = 0;
    for (size_t i = 0; i < n; i++) {
      const int32_t end = view_.offsets[i + 1];
      if (end < rows_.offset[i] || end > view_.arcs) return Fault::kProblemChanged;
      rows_.offset[i + 1] = end;
      const int32_t mine = (end - rows_.offset[i] + kLanes - 1) / kLanes;
      if (mine > kShortLines) sorted_ = true;
      longest_ = std::max(longest_, end - rows_.offset[i]);
      lines += mine;
      rows_.first[i + 1] = static_cast<int32_t>(lines);
    }
    // Very short rows would fill their lines with nothing.
    ok = lines * kLanes <= 4 * view_.arcs + 8 * kLanes && lines < (INT32_MAX / kLanes) - 1;
    if (!ok) return Fault::kNone;
    rows_.lines = Array<Line>(static_cast<size_t>(lines));
    if (sorted_) rows_.rank = Array<int32_t>(static_cast<size_t>(lines) * kLanes);
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
      lowest_ = std::min(lowest_, rows_.unserved[i]);
      highest_ = std::max(highest_, rows_.unserved[i]);
      rows_.meanUnserved += std::fabs(r);
    }
    if (rows_.mustServe < view_.demands) rows_.meanUnserved /= static_cast<double>(view_.demands - rows_.mustServe);
    return true;
  }

  template <class Cost>
  Fault readArcs(bool& ok) {
    const Cost* costs = static_cast<const Cost*>(view_.costs.data);
    const int32_t sign = view_.maximize ? -1 : 1;
    const int32_t nodes = view_.nodes;
    rows_.slots = Array<int32_t>(static_cast<size_t>(nodes), 0);
    Array<int32_t> rowNodes(static_cast<size_t>(longest_) + kLanes);
    Array<int32_t> rowCosts(static_cast<size_t>(longest_) + kLanes);
    RowSorter sorter;
    ok = true;
    for (int32_t i = 0; i < view_.demands; i++) {
      const size_t k = static_cast<size_t>(i);
      const int32_t begin = rows_.offset[k];
      const int32_t count = rows_.offset[k + 1] - begin;
      const bool isSorted = rows_.first[k + 1] - rows_.first[k] > kShortLines;
      Line* lines = rows_.lines.data() + rows_.first[k];
      bool some = false;
      int32_t low = lowest_;
      int32_t high = highest_;
      for (int32_t a = 0; a < count; a++) {
        const int32_t node = view_.targets[begin + a];
        if (node < 0 || node >= nodes) return Fault::kProblemChanged;
        const Cost given = costs[begin + a];
        if constexpr (std::is_floating_point_v<Cost>) {
          if (!(std::fabs(given) <= static_cast<Cost>(kRowCost)) || given != std::trunc(given)) return leave(ok);
        } else if constexpr (sizeof(Cost) == 4) {
          if (static_cast<int64_t>(given) > kRowCost || static_cast<int64_t>(given) < -kRowCost) return leave(ok);
        }
        const int32_t cost = sign * static_cast<int32_t>(given);
        low = std::min(low, cost);
        high = std::max(high, cost);
        rows_.slots[static_cast<size_t>(node)]++;
        some |= rows_.capacity[static_cast<size_t>(node)] > 0;
        if (isSorted) {
          rowNodes[static_cast<size_t>(a)] = node;
          rowCosts[static_cast<size_t>(a)] = cost;
        } else {
          lines[a / kLanes].node[a % kLanes] = node;
          lines[a / kLanes].cost[a % kLanes] = cost;
        }
      }
      lowest_ = low;
      highest_ = high;
      if (isSorted)
        sorter.sort(rowNodes.data(), rowCosts.data(), count, lines,
                    rows_.rank.data() + static_cast<size_t>(rows_.first[k]) * kLanes);
      const int32_t last = count == 0 ? 0 : lines[(count - 1) / kLanes].cost[(count - 1) % kLanes];
      for (int32_t a = count; a < (rows_.first[k + 1] - rows_.first[k]) * kLanes; a++) {
        lines[a / kLanes].node[a % kLanes] = nodes;
        lines[a / kLanes].cost[a % kLanes] = last;
      }
      if (!some && rows_.unserved[k] == kRowFar) rows_.hopeless = true;
    }
    rows_.lowest = lowest_;
    rows_.range = highest_ - lowest_ + 1;
    for (int32_t j = 0; j < nodes; j++) {
      const size_t k = static_cast<size_t>(j);
      rows_.slots[k] = std::min(rows_.slots[k], rows_.capacity[k]);
    }
    return Fault::kNone;
  }

  static Fault leave(bool& ok) {
    ok = false;
    return Fault::kNone;
  }

  void measureSpread() {
    const int32_t n = view_.demands;
    const int32_t sample = std::min(n, 4 * kSample);
    double sum = 0;
    int64_t counted = 0;
    for (int32_t s = 0; s < sample; s++) {
      const size_t i = static_cast<size_t>(static_cast<int64_t>(s) * n / sample);
      const int32_t count = rows_.offset[i + 1] - rows_.offset[i];
      if (count < 2) continue;
      const Line* lines = rows_.lines.data() + rows_.first[i];
      const double shift = lines[0].cost[0];
      double total = 0;
      double squares = 0;
      for (int32_t a = 0; a < count; a++) {
        const double v = lines[a / kLanes].cost[a % kLanes] - shift;
        total += v;
        squares += v * v;
      }
      sum += std::sqrt(std::max(0.0, squares / count - total / count * (total / count)));
      counted++;
    }
    rows_.spread = counted == 0 ? 0 : sum / static_cast<double>(counted);
  }

  const ProblemView& view_;
  Rows& rows_;
  bool sorted_ = false;
  int32_t longest_ = 0;
  int32_t lowest_ = 0;
  int32_t highest_ = 0;
};

}  // namespace

size_t Rows::bytes() const {
  return lines.bytes() + first.bytes() + offset.bytes() + rank.bytes() + unserved.bytes() + capacity.bytes() + slots.bytes();
}

Fault readRows(const ProblemView& view, Rows& rows, bool& fits) {
  fits = false;
  const bool bounded = view.arcCapacity.each != nullptr || view.arcCapacity.all != kNoBound;
  if (view.offsets == nullptr || view.tierOffsets != nullptr || bounded || !view.integer) return Fault::kNone;
  if (view.demands < 1 || view.nodes < 1 || view.arcs < 1 || view.arcs > INT32_MAX / kLanes) return Fault::kNone;
  if (view.units.each == nullptr && view.units.all != 1) return Fault::kNone;
  if (view.offsets[0] != 0) return Fault::kProblemChanged;
  if (repeats(view)) return Fault::kNone;
  return RowReader(view, rows).run(fits);
}

Fault mergeRows(const Rows& rows, Classes& classes) {
  const size_t n = static_cast<size_t>(rows.demands);
  const size_t arcs = static_cast<size_t>(rows.offset[n]);
  Array<int32_t> targets(arcs);
  Array<int32_t> costs(arcs);
  Array<double> unserved(n);
  const int32_t sign = rows.sign < 0 ? -1 : 1;
  for (size_t i = 0; i < n; i++) {
    unserved[i] = rows.unserved[i] == kRowFar ? HUGE_VAL : static_cast<double>(rows.unserved[i]);
    const Line* lines = rows.lines.data() + rows.first[i];
    for (int32_t a = 0; a < rows.offset[i + 1] - rows.offset[i]; a++) {
      const size_t arc = static_cast<size_t>(rows.callerArc(static_cast<int32_t>(i), a));
      targets[arc] = lines[a / kLanes].node[a % kLanes];
      costs[arc] = sign * lines[a / kLanes].cost[a % kLanes];
    }
  }
  ProblemView view;
  view.demands = rows.demands;
  view.nodes = rows.nodes;
  view.arcs = static_cast<int64_t>(arcs);
  view.offsets = rows.offset.data();
  view.targets = targets.data();
  view.costs = CostView{costs.data(), CostType::kInt32};
  view.units.all = 1;
  view.unservedCost.each = unserved.data();
  view.capacity.each = rows.capacity.data();
  view.arcCapacity.all = kNoBound;
  view.maximize = rows.sign < 0;
  view.integer = true;
  return mergeClasses(view, classes);
}

}  // namespace outbid
