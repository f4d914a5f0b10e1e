#include "slot_values.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "array.h"

namespace outbid {

namespace {

struct Entry {
  double distance;
  int32_t node;
  bool operator<(const Entry& other) const { return distance != other.distance ? distance > other.distance : node > other.node; }
};

class SlotValues {
 public:
  SlotValues(const ProblemView& view, const double* prices) : view_(view), prices_(prices) {}

  // Copies what it needs of the caller's arrays, each value read once and checked.
  bool read(const int32_t* placedArcs, const int32_t* placedUnits, size_t placed) {
    n_ = static_cast<size_t>(view_.demands);
    m_ = static_cast<size_t>(view_.nodes);
    const size_t arcs = static_cast<size_t>(view_.arcs);
    const double sign = view_.maximize ? -1 : 1;
    offset_ = Array<int32_t>(n_ + 1);
    node_ = Array<int32_t>(arcs);
    pay_ = Array<double>(arcs);
    flow_ = Array<int32_t>(arcs, 0);
    demand_ = Array<int32_t>(arcs);
    int64_t end = 0;
    offset_[0] = 0;
    for (size_t i = 0; i < n_; i++) {
      const int64_t next = view_.offsets == nullptr ? end + view_.nodes : view_.offsets[i + 1];
      if (next < end || next > view_.arcs) return false;
      for (int64_t at = end; at < next; at++) {
        const size_t a = static_cast<size_t>(at);
        const int32_t j = view_.targets == nullptr ? static_cast<int32_t>(at - end) : view_.targets[a];
        if (j < 0 || j >= view_.nodes) return false;
        node_[a] = j;
        demand_[a] = static_cast<int32_t>(i);
        const double cost = sign * view_.costs.at(a);
        pay_[a] = std::isfinite(cost) ? cost + prices_[j] : INFINITY;
      }
      end = next;
      offset_[i + 1] = static_cast<int32_t>(end);
    }
    if (!readTiers()) return false;
    load_ = Array<int64_t>(m_, 0);
    for (size_t q = 0; q < placed; q++) {
      const int32_t a = placedArcs[q];
      if (a < 0 || a >= end || placedUnits[q] < 0) return false;
      flow_[static_cast<size_t>(a)] = placedUnits[q];
      load_[static_cast<size_t>(node_[static_cast<size_t>(a)])] += placedUnits[q];
    }
    served_.assign(n_, 0);
    for (size_t a = 0; a < static_cast<size_t>(end); a++) served_[static_cast<size_t>(demand_[a])] += flow_[a];
    // Arcs by node: those that carry units first need no order, so one list serves both passes.
    start_ = Array<int32_t>(m_ + 1, 0);
    for (size_t a = 0; a < static_cast<size_t>(end); a++) start_[static_cast<size_t>(node_[a]) + 1]++;
    for (size_t j = 0; j < m_; j++) start_[j + 1] += start_[j];
    column_ = Array<int32_t>(static_cast<size_t>(end));
    Array<int32_t> to(m_);
    std::copy(start_.begin(), start_.begin() + view_.nodes, to.begin());
    for (int32_t a = 0; a < end; a++) column_[static_cast<size_t>(to[static_cast<size_t>(node_[static_cast<size_t>(a)])]++)] = a;
    return true;
  }

  void run(double* gain, double* loss) {
    std::vector<double> in(m_, INFINITY);
    std::vector<double> out(m_, INFINITY);
    arrivals(in);
    departures(out);
    for (size_t j = 0; j < m_; j++) {
      const int64_t capacity = view_.capacity.at(j);
      if (load_[j] < capacity) {
        gain[j] = loss[j] = 0;
        continue;
      }
      gain[j] = std::isinf(in[j]) ? 0 : std::max(0.0, prices_[j] - lastTier(j) - in[j]);
      loss[j] = capacity == 0        ? NAN
                : std::isinf(out[j]) ? INFINITY
                                     : std::max(0.0, prices_[j] - surcharge(j, capacity - 1) + out[j]);
    }
  }

 private:
  bool readTiers() {
    if (view_.tierOffsets == nullptr) return true;
    tierOffset_ = Array<int32_t>(m_ + 1);
    tierSlots_.assign(view_.tierSlots, view_.tierSlots + view_.tiers);
    tierSurcharge_.assign(view_.tierSurcharge, view_.tierSurcharge + view_.tiers);
    for (size_t j = 0; j <= m_; j++) {
      const int32_t end = view_.tierOffsets[j];
      if (end < (j == 0 ? 0 : tierOffset_[j - 1]) || end > view_.tiers) return false;
      tierOffset_[j] = end;
    }
    return true;
  }
  bool hasTiers(size_t j) const { return !tierOffset_.empty() && tierOffset_[j + 1] > tierOffset_[j]; }
  double lastTier(size_t j) const { return hasTiers(j) ? tierSurcharge_[static_cast<size_t>(tierOffset_[j + 1]) - 1] : 0; }
  double surcharge(size_t j, int64_t slot) const {
    if (!hasTiers(j)) return 0;
    size_t t = static_cast<size_t>(tierOffset_[j]);
    const size_t end = static_cast<size_t>(tierOffset_[j + 1]);
    while (t + 1 < end && slot >= tierSlots_[t]) slot -= tierSlots_[t++];
    return tierSurcharge_[t];
  }
  bool hasRoom(size_t a) const { return std::isfinite(pay_[a]) && flow_[a] < view_.arcCapacity.at(a); }
  int64_t unserved(size_t i) const { return view_.units.at(i) - served_[i]; }

  void reach(std::vector<double>& distance, size_t j, double d) {
    if (!(d < distance[j])) return;
    distance[j] = d;
    heap_.push_back({d, static_cast<int32_t>(j)});
    std::push_heap(heap_.begin(), heap_.end());
  }

  template <class Expand>
  void settle(const std::vector<double>& distance, Expand expand) {
    std::vector<uint8_t> done(m_, 0);
    while (!heap_.empty()) {
      const Entry top = heap_.front();
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
      const size_t v = static_cast<size_t>(top.node);
      if (done[v] || top.distance > distance[v]) continue;
      done[v] = 1;
      expand(v, top.distance);
    }
  }

  void arrivals(std::vector<double>& in) {
    std::vector<double> base(n_, INFINITY);
    const auto expand = [&](size_t i, double b) {
      if (!(b < base[i])) return;
      base[i] = b;
      for (int32_t a = offset_[i]; a < offset_[i + 1]; a++) {
        if (hasRoom(static_cast<size_t>(a)))
          reach(in, static_cast<size_t>(node_[static_cast<size_t>(a)]), b + pay_[static_cast<size_t>(a)]);
      }
    };
    for (size_t i = 0; i < n_; i++) {
      if (unserved(i) > 0) expand(i, -view_.unservedCost.at(i));
    }
    for (size_t j = 0; j < m_; j++) {
      if (load_[j] > 0) reach(in, j, prices_[j] - surcharge(j, load_[j] - 1));
    }
    settle(in, [&](size_t v, double d) {
      for (int32_t q = start_[v]; q < start_[v + 1]; q++) {
        const size_t a = static_cast<size_t>(column_[static_cast<size_t>(q)]);
        if (flow_[a] > 0) expand(static_cast<size_t>(demand_[a]), d - pay_[a]);
      }
    });
  }

  void departures(std::vector<double>& out) {
    std::vector<double> base(n_, INFINITY);
    const auto expand = [&](size_t i, double b) {
      if (!(b < base[i])) return;
      base[i] = b;
      for (int32_t a = offset_[i]; a < offset_[i + 1]; a++) {
        if (flow_[static_cast<size_t>(a)] > 0)
          reach(out, static_cast<size_t>(node_[static_cast<size_t>(a)]), b - pay_[static_cast<size_t>(a)]);
      }
    };
    for (size_t i = 0; i < n_; i++) {
      if (served_[i] > 0 && std::isfinite(view_.unservedCost.at(i))) expand(i, view_.unservedCost.at(i));
    }
    for (size_t j = 0; j < m_; j++) {
      if (load_[j] < view_.capacity.at(j)) reach(out, j, surcharge(j, load_[j]) - prices_[j]);
    }
    settle(out, [&](size_t v, double d) {
      for (int32_t q = start_[v]; q < start_[v + 1]; q++) {
        const size_t a = static_cast<size_t>(column_[static_cast<size_t>(q)]);
        if (served_[static_cast<size_t>(demand_[a])] > 0 && hasRoom(a)) expand(static_cast<size_t>(demand_[a]), d + pay_[a]);
      }
    });
  }

  const ProblemView& view_;
  const double* prices_;
  size_t n_ = 0;
  size_t m_ = 0;
  Array<int32_t> offset_;
  Array<int32_t> node_;
  Array<int32_t> demand_;
  Array<double> pay_;
  Array<int32_t> flow_;
  Array<int64_t> load_;
  Array<int32_t> tierOffset_;
  std::vector<int32_t> tierSlots_;
  std::vector<double> tierSurcharge_;
  std::vector<int64_t> served_;
  Array<int32_t> start_;
  Array<int32_t> column_;
  std::vector<Entry> heap_;
};

}  // namespace

Fault slotValues(const ProblemView& view, const double* prices, const int32_t* placedArcs, const int32_t* placedUnits,
                 size_t placed, double* gain, double* loss) noexcept {
  try {
    SlotValues values(view, prices);
    if (!values.read(placedArcs, placedUnits, placed)) return Fault::kProblemChanged;
    values.run(gain, loss);
    return Fault::kNone;
  } catch (...) {
    return Fault::kOutOfMemory;
  }
}

}  // namespace outbid
