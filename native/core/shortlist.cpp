#include "shortlist.h"

#include <algorithm>

#include "row_scan.h"
#include "ties.h"

namespace outbid {

namespace {
constexpr int32_t kStep = 4;         // entries that least() looks at together
constexpr int32_t kArcs = 14;        // arcs of a class that one node would serve; 8: twice as many extensions, 24: longer scans
constexpr int32_t kArcsPerNode = 2;  // and for each node more
constexpr size_t kAdded = 16;        // arcs added to a list by the first extension, twice as many by each next one
constexpr int32_t kSample = 32;      // keys whose mean is the first guess
constexpr int kGuesses = 8;          // of the limit that leaves about as many arcs as are wanted

constexpr int32_t padded(int32_t count) {
  return (count + kStep - 1) / kStep * kStep;
}

}  // namespace

Shortlist::Shortlist(const Market& market)
    : market_(market), rows_(static_cast<size_t>(market.k.classes), Row{0, 0, 0, 0}), most_(kAdded) {}

void Shortlist::reserve(int32_t entries) {
  const size_t needed = static_cast<size_t>(end_) + static_cast<size_t>(entries);
  if (needed <= costs_.size()) return;
  const size_t larger = std::max(needed, costs_.size() + costs_.size() / 2);
  costs_.resize(larger);
  nodes_.resize(larger);
  arcs_.resize(larger);
}

// cost + price of the whole row; returns the least. Nodes without slots are priced out.
int64_t Shortlist::keysOf(int32_t cls, const int64_t* prices) {
  const Classes& k = market_.k;
  const int32_t begin = k.offset[static_cast<size_t>(cls)];
  const int32_t count = k.offset[static_cast<size_t>(cls) + 1] - begin;
  if (keys_.size() < static_cast<size_t>(count)) {
    keys_ = Array<int64_t>(static_cast<size_t>(count));
    chosen_ = Array<int32_t>(static_cast<size_t>(count));
  }
  const int64_t* costs = k.cost.data() + begin;
  if (k.dense && count == k.nodes) return denseRowKeys(costs, prices, count, keys_.data());
  const int32_t* nodes = k.node.data() + begin;
  int64_t least = kInfinite;
  for (int32_t a = 0; a < count; a++) {
    const int64_t key = costs[a] + prices[nodes[a]];
    keys_[static_cast<size_t>(a)] = key;
    least = std::min(least, key);
  }
  return least;
}

// A limit that about `wanted` keys of the row do not exceed, between half and twice as many if that comes out of a few guesses: as if keys
// were spread evenly between the least and twice the mean, then halfway between what was too low and too high.
int64_t Shortlist::limitFor(int32_t cls, int64_t least, int32_t wanted) const {
  const Classes& k = market_.k;
  const int32_t count = k.offset[static_cast<size_t>(cls) + 1] - k.offset[static_cast<size_t>(cls)];
  const int32_t stride = std::max(1, count / kSample);
  double sum = 0;
  int32_t usable = 0;
  for (int32_t a = 0; a < count; a += stride) {
    const int64_t key = keys_[static_cast<size_t>(a)];
    if (key >= kFar) continue;
    sum += static_cast<double>(key - least);
    usable++;
  }
  if (count <= 2 * wanted || usable == 0) return kFar - 1;
  const double mean = sum / usable;
  int64_t low = least - 1;
  int64_t high = kFar - 1;
  int64_t limit = least + static_cast<int64_t>(2 * mean * wanted / count);
  for (int guess = 0; guess < kGuesses; guess++) {
    const int32_t found = countUpTo(keys_.data(), count, limit);
    if (found > 2 * wanted)
      high = limit;
    else if (found < wanted / 2)
      low = limit;
    else
      break;
    const int64_t twice = least + 2 * (limit - least) + 1;
    const int64_t next = high < kFar - 1 ? low + (high - low) / 2 : std::min(twice, high);
    if (next == low || next == limit) break;
    limit = next;
  }
  return limit;
}

// Chooses the keys up to a limit; if they are more than `most`, the least of them. The first few are put in order.
void Shortlist::choose(int32_t cls, int64_t limit, size_t most, size_t first) {
  const Classes& k = market_.k;
  const int32_t begin = k.offset[static_cast<size_t>(cls)];
  const int32_t count = k.offset[static_cast<size_t>(cls) + 1] - begin;
  const int64_t* keys = keys_.data();
  int32_t* chosen = chosen_.data();
  chosenEnd_ = 0;
  for (int32_t a = 0; a < count; a++) {  // which keys are low is anybody's guess: no branch
    chosen[chosenEnd_] = a;
    chosenEnd_ += keys[a] <= limit ? 1 : 0;
  }
  const auto cheaper = [&](int32_t a, int32_t b) {
    if (keys[a] != keys[b]) return keys[a] < keys[b];
    const int32_t demand = k.first[static_cast<size_t>(cls)];
    const uint32_t tieA = tieHash(market_.seed, demand, k.node[static_cast<size_t>(begin + a)]);
    const uint32_t tieB = tieHash(market_.seed, demand, k.node[static_cast<size_t>(begin + b)]);
    return tieA != tieB ? tieA < tieB : a < b;
  };
  if (chosenEnd_ > most) {
    std::nth_element(chosen, chosen + most, chosen + chosenEnd_, cheaper);
    chosenEnd_ = most;
  }
  for (size_t q = 0; q < std::min(first, chosenEnd_); q++) {
    size_t least = q;
    int64_t key = keys[chosen[q]];
    for (size_t r = q + 1; r < chosenEnd_; r++) {
      const int64_t other = keys[chosen[r]];
      if (other == key) [[unlikely]] {
        least = cheaper(chosen[r], chosen[least]) ? r : least;
      } else {
        least = other < key ? r : least;
        key = other < key ? other : key;
      }
    }
    std::swap(chosen[q], chosen[least]);
  }
}

void Shortlist::append(int32_t cls) {
  const Classes& k = market_.k;
  Row& row = rows_[static_cast<size_t>(cls)];
  const int32_t more = static_cast<int32_t>(chosenEnd_);
  if (row.count + more > row.size) {
    const int32_t size = padded(row.count + more + row.count / 2);
    reserve(size);
    const auto move = [&](auto& array) {
      std::copy(array.data() + row.begin, array.data() + row.begin + row.count, array.data() + end_);
    };
    move(costs_);
    move(nodes_);
    move(arcs_);
    row.begin = end_;
    row.size = size;
    end_ += size;
    for (int32_t e = row.begin + row.count; e < end_; e++) {
      costs_[static_cast<size_t>(e)] = kInfinite;
      nodes_[static_cast<size_t>(e)] = 0;
      arcs_[static_cast<size_t>(e)] = -1;
    }
  }
  for (size_t q = 0; q < chosenEnd_; q++) {
    const size_t e = static_cast<size_t>(row.begin + row.count++);
    const int32_t arc = k.offset[static_cast<size_t>(cls)] + chosen_[q];
    const size_t a = static_cast<size_t>(arc);
    costs_[e] = k.cost[a];
    nodes_[e] = k.node[a];
    arcs_[e] = arc;
  }
}

void Shortlist::build() {
  const Classes& k = market_.k;
  reserve(std::min(k.arcs(), 2 * kArcs * k.classes));
  for (int32_t c = 0; c < k.classes; c++) {
    const size_t at = static_cast<size_t>(c);
    if (k.units[at] == 0 || k.isBounded[at]) continue;
    const double share = static_cast<double>(k.totalCapacity) / std::max(1, k.nodes);
    const int32_t need = static_cast<int32_t>(std::min<double>(k.nodes, static_cast<double>(k.units[at]) / std::max(share, 1.0)));
    const int32_t wanted = kArcs + kArcsPerNode * need;
    const int64_t least = keysOf(c, market_.price.data());
    if (least >= kFar) continue;
    const int32_t first = 3 + need;
    choose(c, limitFor(c, least, wanted), 2 * static_cast<size_t>(wanted), static_cast<size_t>(first));
    append(c);
    rows_[at].first = std::min(first, rows_[at].count);
  }
}

int64_t Shortlist::extend(const int64_t* prices, const int64_t* pays) {
  const Classes& k = market_.k;
  int64_t added = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    const size_t at = static_cast<size_t>(c);
    if (k.units[at] == 0 || k.isBounded[at] || rows_[at].count == k.offset[at + 1] - k.offset[at]) continue;
    if (keysOf(c, prices) >= pays[at]) continue;
    choose(c, pays[at] - 1, most_, 0);
    added += static_cast<int64_t>(chosenEnd_);
    append(c);
  }
  most_ = std::min(2 * most_, static_cast<size_t>(k.nodes));
  return added;
}

int64_t Shortlist::least(int32_t cls, const int64_t* prices) const {
  const Row& row = rows_[static_cast<size_t>(cls)];
  const int64_t* costs = costs_.data() + row.begin;
  const int32_t* nodes = nodes_.data() + row.begin;
  int64_t w = kInfinite;
  int64_t x = kInfinite;
  int64_t y = kInfinite;
  int64_t z = kInfinite;
  for (int32_t e = 0; e < row.size; e += kStep) {
    w = std::min(w, costs[e] + prices[nodes[e]]);
    x = std::min(x, costs[e + 1] + prices[nodes[e + 1]]);
    y = std::min(y, costs[e + 2] + prices[nodes[e + 2]]);
    z = std::min(z, costs[e + 3] + prices[nodes[e + 3]]);
  }
  return std::min(std::min(w, x), std::min(y, z));
}

int32_t Shortlist::entryWith(int32_t cls, const int64_t* prices, int64_t pay) const {
  const Row& row = rows_[static_cast<size_t>(cls)];
  const int32_t demand = market_.k.first[static_cast<size_t>(cls)];
  int32_t chosen = -1;
  for (int32_t e = row.begin; e < row.begin + row.count; e++) {
    if (cost(e) + prices[node(e)] != pay) continue;
    if (chosen < 0 || tieHash(market_.seed, demand, node(e)) < tieHash(market_.seed, demand, node(chosen))) chosen = e;
  }
  return chosen;
}

}  // namespace outbid
