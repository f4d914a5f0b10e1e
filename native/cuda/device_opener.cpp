#include "device_opener.h"

namespace outbid::cuda {

bool proveOn(DeviceBoards& boards, size_t k, const UnitMap& units, const ProblemView& view, const Answer& answer) {
  const std::vector<int32_t> at = units.placementsOf(view, answer);
  std::vector<int64_t> prices;
  for (double price : answer.prices) prices.push_back(static_cast<int64_t>(price));
  Proof proof;
  if (!boards.prove(k, at.data(), prices.data(), proof)) return false;
  const double sign = view.maximize ? -1 : 1;
  return proof.unplaced == 0 && sign * static_cast<double>(proof.primal) == answer.objective &&
         sign * static_cast<double>(proof.dual) == answer.bound;
}

bool DeviceOpener::open(Market& market, Control& control) {
  unfit = misfit(market.k);
  if (unfit == nullptr && !layOut(market.k, seed_, layout_)) unfit = "more slots than a device takes";
  if (unfit != nullptr) {
    control.stop.store(true, std::memory_order_relaxed);
    return false;
  }
  std::vector<int32_t> at(static_cast<size_t>(layout_.demands));
  std::vector<int32_t> price(static_cast<size_t>(layout_.nodes));
  const std::function<bool()> mustStop = [&] { return control.mustStop(); };
  if (!boards.upload({&layout_}) || !boards.run(mustStop) || !boards.read(0, at.data(), price.data(), tally)) {
    control.stop.store(true, std::memory_order_relaxed);
    return false;
  }
  takeOver(layout_, at.data(), price.data(), market);
  units_ = std::make_unique<UnitMap>(market.k);
  return true;
}

}  // namespace outbid::cuda
