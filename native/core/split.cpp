#include "split.h"

#include <algorithm>

namespace outbid {

void splitClasses(const Classes& k, const Array<int32_t>& start, const std::vector<ClassPlacement>& list, Answer& answer) {
  // A class hands out its placements through a cursor: unbounded classes member after member; bounded ones from a table of
  // shares that is dealt once, when the first member comes.
  const size_t classes = static_cast<size_t>(k.classes);
  Array<int32_t> at(classes);
  std::copy(start.begin(), start.begin() + k.classes, at.begin());
  std::vector<ClassPlacement> rest = list;
  Array<int32_t> seen(classes, 0);
  std::vector<std::vector<ClassPlacement>> shares;
  Array<int32_t> sharesOf(classes, -1);
  answer.placedArcs.reserve(static_cast<size_t>(k.demands));
  answer.placedUnits.reserve(static_cast<size_t>(k.demands));
  std::vector<ClassPlacement> mine;
  const bool single = std::all_of(k.demandUnits.begin(), k.demandUnits.end(), [](int32_t units) { return units == 1; });
  if (single) answer.assignment.assign(static_cast<size_t>(k.demands), -1);

  for (int32_t i = 0; i < k.demands; i++) {
    const int32_t cls = k.classOf[static_cast<size_t>(i)];
    const size_t c = static_cast<size_t>(cls);
    mine.clear();
    if (k.isBounded[c] == 0 || k.members[c] == 1) {
      int64_t want = k.demandUnits[static_cast<size_t>(i)];
      if (k.members[c] == 1) {
        for (int32_t q = start[c]; q < start[c + 1]; q++) mine.push_back(rest[static_cast<size_t>(q)]);
      } else {
        while (want > 0 && at[c] < start[c + 1]) {
          ClassPlacement& p = rest[static_cast<size_t>(at[c])];
          const int64_t take = std::min(want, p.units);
          if (take > 0) mine.push_back({p.arc, take});
          p.units -= take;
          want -= take;
          if (p.units == 0) at[c]++;
        }
      }
    } else {
      const size_t members = static_cast<size_t>(k.members[c]);
      if (sharesOf[c] < 0) {
        sharesOf[c] = static_cast<int32_t>(shares.size());
        size_t turn = 0;
        const size_t base = shares.size();
        shares.resize(base + members);
        for (int32_t q = start[c]; q < start[c + 1]; q++) {
          const ClassPlacement p = rest[static_cast<size_t>(q)];
          const int64_t each = p.units / static_cast<int64_t>(members);
          const size_t extra = static_cast<size_t>(p.units % static_cast<int64_t>(members));
          for (size_t member = 0; member < members; member++) {
            // The turn runs on: members turn .. turn + extra - 1 (cyclically) get one more.
            const size_t rank = (member + members - turn) % members;
            const int64_t units = each + (rank < extra ? 1 : 0);
            if (units > 0) shares[base + member].push_back({p.arc, units});
          }
          turn = (turn + extra) % members;
        }
      }
      mine = shares[static_cast<size_t>(sharesOf[c]) + static_cast<size_t>(seen[c])];
    }
    seen[c]++;
    std::sort(mine.begin(), mine.end(), [](const ClassPlacement& p, const ClassPlacement& q) { return p.arc < q.arc; });
    for (const ClassPlacement& p : mine) {
      answer.placedArcs.push_back(k.callerArc(i, p.arc));
      answer.placedUnits.push_back(static_cast<int32_t>(p.units));
      if (single) answer.assignment[static_cast<size_t>(i)] = k.node[static_cast<size_t>(p.arc)];
    }
  }
}

}  // namespace outbid
