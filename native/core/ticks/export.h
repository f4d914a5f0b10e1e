// A warm market as flat arrays, and back; twin of lib/reference/ticks/export.ts.
#pragma once

#include "book.h"

namespace outbid::ticks {

template <class K>
MarketState exportState(Book<K>& book);
// Into an empty book. Whoever pays too much at the prices given loses the place again.
template <class K>
void importState(Book<K>& book, const MarketState& state);

}  // namespace outbid::ticks
