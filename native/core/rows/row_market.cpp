#include "rows/row_market.h"

#include <algorithm>

namespace outbid {

RowMarket::RowMarket(Rows& r, uint64_t s) : rows(r), seed(s) {
  const size_t n = static_cast<size_t>(r.demands);
  const size_t m = static_cast<size_t>(r.nodes);
  single = std::all_of(r.slots.begin(), r.slots.end(), [](int32_t slots) { return slots <= 1; });
  balanced = r.mustServe == r.demands && r.totalCapacity == r.demands;
  lists = r.listed || (r.stride == 0 && r.wholeFirst.empty());
  price = Array<int32_t>(m + kLanes, kRowOff);
  capacity = Array<int32_t>(m);
  load = Array<int32_t>(m);
  first = Array<int32_t>(m + 1);
  int32_t end = 0;
  for (size_t j = 0; j < m; j++) {
    capacity[j] = r.capacity[j];
    first[j] = end;
    end += single ? 1 : (r.slots[j] + kBlock - 1) / kBlock * kBlock;
  }
  first[m] = end;
  who = Array<int32_t>(static_cast<size_t>(end) + kBlock);
  if (!single) bid = Array<int32_t>(static_cast<size_t>(end) + kBlock);
  at = Array<int32_t>(n);
  seat = Array<int32_t>(n, 0);
  paid = Array<int32_t>(n, 0);
  dropped = Array<int32_t>(n);
  stack = Array<int32_t>(n);
  hungry = Array<int64_t>(m, 0);
  startOver();
}

void RowMarket::startOver() {
  for (size_t j = 0; j < static_cast<size_t>(rows.nodes); j++) price[j] = capacity[j] > 0 ? 0 : kRowOff;
  load.fill(0);
  who.fill(-1);
  if (!single) bid.fill(kRowFar);
  at.fill(kUnplaced);
  for (int32_t i = 0; i < rows.demands; i++) stack[static_cast<size_t>(i)] = rows.demands - 1 - i;
  waiting = rows.demands;
}

void RowMarket::seatAll() {
  at.fill(kPooled);
  for (int32_t q = 0; q < waiting; q++) at[static_cast<size_t>(stack[static_cast<size_t>(q)])] = kUnplaced;
  for (int32_t j = 0; j < rows.nodes; j++) {
    if (single) load[static_cast<size_t>(j)] = who[static_cast<size_t>(j)] >= 0 ? 1 : 0;
    const int32_t from = first[static_cast<size_t>(j)];
    for (int32_t s = from; s < from + load[static_cast<size_t>(j)]; s++) {
      const size_t i = static_cast<size_t>(who[static_cast<size_t>(s)]);
      at[i] = j;
      seat[i] = s;
    }
  }
}

void RowMarket::noteLeast() {
  int32_t low = kRowFar;
  for (size_t j = 0; j < static_cast<size_t>(rows.nodes); j++) {
    if (capacity[j] > 0) low = std::min(low, price[j]);
  }
  least = low == kRowFar ? 0 : low;
}

void RowMarket::findHungry() {
  hungers = 0;
  for (size_t j = 0; j < static_cast<size_t>(rows.nodes); j++) {
    hungry[j] = capacity[j] > 0 && (balanced || price[j] > 0) ? capacity[j] - load[j] : 0;
    hungers += hungry[j];
  }
}

size_t RowMarket::bytes() const {
  return price.bytes() + capacity.bytes() + load.bytes() + first.bytes() + bid.bytes() + who.bytes() + at.bytes() + seat.bytes() +
         paid.bytes() + stack.bytes() + dropped.bytes() + hungry.bytes();
}

}  // namespace outbid
