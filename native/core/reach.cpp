#include "reach.h"

namespace outbid {

bool Reach::isStuck(const Market& market, int32_t cls) {
  const Classes& k = market.k;
  Array<uint8_t> seenClass(static_cast<size_t>(k.classes), 0);
  Array<uint8_t> seenNode(static_cast<size_t>(k.nodes), 0);
  stuck.clear();
  stuck.push_back(cls);
  seenClass[static_cast<size_t>(cls)] = 1;
  for (size_t at = 0; at < stuck.size(); at++) {
    const int32_t i = stuck[at];
    if (!k.mustServe(i)) return false;
    for (int32_t a = k.offset[static_cast<size_t>(i)]; a < k.offset[static_cast<size_t>(i) + 1]; a++) {
      const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
      if (seenNode[j] || k.capacity[j] == 0 || market.roomOf(i, a) <= 0) continue;
      if (market.load[j] < k.capacity[j]) return false;
      seenNode[j] = 1;
      const int32_t* ids = market.idsAt(static_cast<int32_t>(j));
      for (int32_t q = 0; q < market.blocksAt(static_cast<int32_t>(j)); q++) {
        const int32_t other = market.block(ids[q]).cls;
        if (seenClass[static_cast<size_t>(other)]) continue;
        seenClass[static_cast<size_t>(other)] = 1;
        stuck.push_back(other);
      }
    }
  }
  return true;
}

int32_t hopelessClass(const Classes& k) {
  for (int32_t i = 0; i < k.classes; i++) {
    if (!k.mustServe(i)) continue;
    const int64_t units = k.units[static_cast<size_t>(i)];
    int64_t held = 0;
    for (int32_t a = k.offset[static_cast<size_t>(i)]; a < k.offset[static_cast<size_t>(i) + 1] && held < units; a++) {
      const int64_t capacity = k.capacity[static_cast<size_t>(k.node[static_cast<size_t>(a)])];
      held += k.bounded ? std::min(capacity, k.bound[static_cast<size_t>(a)]) : capacity;
    }
    if (held < units) return i;
  }
  return -1;
}

void writeWitness(const Classes& k, const std::vector<int32_t>& stuck, Answer& answer) {
  Array<uint8_t> inS(static_cast<size_t>(k.classes), 0);
  Array<int64_t> given(static_cast<size_t>(k.nodes), 0);  // sum over S of a_ij, at most the capacity
  Array<uint8_t> inT(static_cast<size_t>(k.nodes), 0);
  double needed = 0;
  for (int32_t i : stuck) {
    inS[static_cast<size_t>(i)] = 1;
    needed += static_cast<double>(k.units[static_cast<size_t>(i)]);
    for (int32_t a = k.offset[static_cast<size_t>(i)]; a < k.offset[static_cast<size_t>(i) + 1]; a++) {
      const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
      inT[j] = 1;
      const int64_t bound = k.bounded ? k.bound[static_cast<size_t>(a)] : kInfinite;
      given[j] = std::min(k.capacity[j], given[j] + std::min(bound, k.capacity[j]));
    }
  }
  double available = 0;
  for (int32_t j = 0; j < k.nodes; j++) {
    if (!inT[static_cast<size_t>(j)]) continue;
    answer.witnessNodes.push_back(j);
    available += static_cast<double>(given[static_cast<size_t>(j)]);
  }
  for (int32_t i = 0; i < k.demands; i++) {
    if (inS[static_cast<size_t>(k.classOf[static_cast<size_t>(i)])]) answer.witnessDemands.push_back(i);
  }
  answer.witnessNeeded = needed;
  answer.witnessAvailable = available;
}

}  // namespace outbid
