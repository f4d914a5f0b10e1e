// Every change a warm market knows; the story is in lib/reference/ticks/changes.ts. (I1) is local to a demand and (I2) to a node: a
// change is done when the demands whose choice it widened are rechecked (drop) and the nodes that lost load or gained slots are
// recounted. Nothing is searched here; what lost its place waits in the queues.
#pragma once

#include "book.h"

namespace outbid::ticks {

// Unplaces every unit of a demand that pays more than the least it could. Room that opens here is dearer than that least pay.
template <class K>
void drop(Book<K>& book, int32_t demand);

template <class K>
void addDemands(Book<K>& book, const RowsView& rows);
// Returns the units it had.
template <class K>
int32_t removeDemand(Book<K>& book, int32_t demand);

template <class K>
void addNode(Book<K>& book, int32_t node, const std::vector<Tier>& tiers, const int32_t* demands, const double* costs,
             int32_t count);
// [demand, units] of what it held.
template <class K>
void removeNode(Book<K>& book, int32_t node, std::vector<int32_t>& out);
template <class K>
void setCapacity(Book<K>& book, int32_t node, int64_t capacity);

// Takes an arc away with its units; the demand must be rechecked.
template <class K>
void removeArc(Book<K>& book, int32_t demand, int32_t arc);

// Fixes the units of a demand, or makes moving them cost its keep. False if some unit has no place.
template <class K>
bool commit(Book<K>& book, int32_t demand);

// Takes what the demand has for the base of the next report.
template <class K>
void rebase(Book<K>& book, int32_t demand);

}  // namespace outbid::ticks
