#include "rows/row_samples.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace outbid {

namespace {

constexpr int32_t kSample = 1024;  // demands looked at to see whether they repeat
constexpr int32_t kSampledArcs = 16;
constexpr double kEquals = 0.5;       // equals of a demand from which merging pays
constexpr int32_t kRepeated = 4;      // equal pairs in the sample that are no accident
constexpr int32_t kScaleSample = 32;  // demands looked at to see whether their cheapest arcs differ by little:
constexpr double kNarrow = 16;        // below this many units from the least cost to the last one listed
constexpr int32_t kNarrowBits = 2;    // costs are multiplied by 2 to this. Assignment also
constexpr double kFine = 4096;        // below this many, by 2 to
constexpr int32_t kFineBits =
    4;  // this: the last phase then leaves few demands that pay more than their least. Uniform costs below n,
        // 0, 2, 3, 4, 5 bits: 1.74, 1.40, 1.20, 0.91, 1.05 ms at n = 1000; 8.0, 6.2, 5.9, 6.0, 6.0 at 2000

uint64_t mix(uint64_t h, uint64_t x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 29);
}

}  // namespace

bool demandsRepeat(const ProblemView& view) {
  const int32_t n = view.demands;
  const int32_t sample = std::min(n, kSample);
  std::vector<uint64_t> hashes(static_cast<size_t>(sample));
  for (int32_t s = 0; s < sample; s++) {
    const size_t i = static_cast<size_t>(static_cast<int64_t>(s) * n / sample);
    const int64_t begin = view.offsets == nullptr ? static_cast<int64_t>(i) * view.nodes : view.offsets[i];
    const int64_t end = view.offsets == nullptr ? begin + view.nodes : view.offsets[i + 1];
    uint64_t hash = mix(0, std::bit_cast<uint64_t>(view.unservedCost.at(i)) + static_cast<uint64_t>(end - begin));
    if (begin >= 0 && end >= begin && end <= view.arcs) {
      for (int64_t a = begin; a < std::min(end, begin + kSampledArcs); a++) {
        const uint64_t node = view.targets == nullptr ? 0 : static_cast<uint32_t>(view.targets[a]);
        hash = mix(hash, std::bit_cast<uint64_t>(view.costs.at(static_cast<size_t>(a)) + 0.0) + node);
      }
    }
    hashes[static_cast<size_t>(s)] = hash;
  }
  std::sort(hashes.begin(), hashes.end());
  int32_t pairs = 0;
  for (size_t s = 1; s < hashes.size(); s++) pairs += hashes[s] == hashes[s - 1];
  // Two demands of the sample are equal as often as any two, so a demand has some n * pairs / (sample^2 / 2) equals.
  const double equals = 2.0 * n * pairs / (static_cast<double>(sample) * sample);
  return pairs >= kRepeated && equals >= kEquals;
}

int32_t narrowBits(const ProblemView& view, const Rows& rows, const RowLoops& loops) {
  const int32_t sample = std::min(view.demands, kScaleSample);
  std::vector<int32_t> costs;
  double spread = 0;
  for (int32_t s = 0; s < sample; s++) {
    const int32_t i = static_cast<int32_t>(static_cast<int64_t>(s) * view.demands / sample);
    const int32_t count = rows.arcsOf(i);
    const size_t begin = rows.stride > 0 ? static_cast<size_t>(i) * static_cast<size_t>(view.nodes)
                                         : static_cast<size_t>(rows.offset[static_cast<size_t>(i)]);
    costs.resize(static_cast<size_t>(count));
    int32_t low = 0;
    int32_t high = 0;
    if (count == 0 || !loops.readCosts(view.costs, begin, count, view.maximize, rows.stride > 0, costs.data(), low, high)) continue;
    const size_t nearest = std::min(costs.size(), static_cast<size_t>(kMostListed)) - 1;
    std::nth_element(costs.begin(), costs.begin() + static_cast<std::ptrdiff_t>(nearest), costs.end());
    if (costs[nearest] == kRowOff) continue;
    spread += costs[nearest] - *std::min_element(costs.begin(), costs.begin() + static_cast<std::ptrdiff_t>(nearest) + 1);
  }
  const bool assignment = rows.mustServe == view.demands && rows.totalCapacity == view.demands;
  if (spread < kNarrow * sample) return kNarrowBits;
  return assignment && spread < kFine * sample ? kFineBits : 0;
}

bool listsHoldAll(const Rows& rows) {
  const int32_t sample = std::min(rows.demands, kSample);
  Array<uint8_t> seen(static_cast<size_t>(rows.nodes) + 1, 0);
  seen[static_cast<size_t>(rows.nodes)] = 1;  // where empty lanes lead
  int64_t slots = 0;
  int64_t listed = 0;
  for (int32_t s = 0; s < sample; s++) {
    const size_t i = static_cast<size_t>(static_cast<int64_t>(s) * rows.demands / sample);
    if (!rows.isLong(static_cast<int32_t>(i))) return true;
    for (int32_t q = rows.first[i]; q < rows.last[i]; q++) {
      for (const int32_t node : rows.lines[static_cast<size_t>(q)].node) {
        uint8_t& mark = seen[static_cast<size_t>(node)];
        slots += mark == 0 ? rows.slots[static_cast<size_t>(node)] : 0;
        mark = 1;
        listed++;
      }
    }
  }
  // A sample that sees a node four times on average misses one in fifty of those that are listed at all, so only a clear want of slots counts.
  const int64_t needed = std::min<int64_t>(rows.demands, rows.totalCapacity);
  return listed < 4 * static_cast<int64_t>(rows.nodes) || 8 * slots >= 7 * needed;
}

}  // namespace outbid
