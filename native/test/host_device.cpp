#include "host_device.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "board_opener.h"

namespace outbid::test {

DeviceScript& deviceScript() {
  static DeviceScript script;
  return script;
}

}  // namespace outbid::test

namespace outbid::cuda {

using test::deviceScript;

struct DeviceBoards::State {
  std::vector<std::unique_ptr<test::HostBoard>> boards;
  std::vector<const Layout*> layouts;
  bool ran = false;
};

DeviceBoards::DeviceBoards(int32_t) : state_(std::make_unique<State>()) {}

DeviceBoards::~DeviceBoards() = default;

Trouble findDevices(std::vector<DeviceFacts>& devices, std::string& words) {
  devices.clear();
  words = deviceScript().probe == Trouble::kNone ? "" : "as the script says";
  if (deviceScript().probe != Trouble::kNone) return deviceScript().probe;
  DeviceFacts facts;
  facts.arch = 90;
  facts.memory = uint64_t{1} << 30;
  std::strcpy(facts.name, "processor threads");
  devices.push_back(facts);
  return Trouble::kNone;
}

double copyBandwidth(int32_t) {
  return 0;
}

bool DeviceBoards::upload(const std::vector<const Layout*>& layouts) {
  trouble = deviceScript().upload;
  words = trouble == Trouble::kNone ? "" : "no upload";
  state_->layouts = layouts;
  for (const Layout* layout : layouts) state_->boards.push_back(std::make_unique<test::HostBoard>(*layout));
  return trouble == Trouble::kNone;
}

bool DeviceBoards::run(const std::function<bool()>& mustStop) {
  deviceScript().runs++;
  trouble = deviceScript().run;
  words = trouble == Trouble::kNone ? "" : "no run";
  if (trouble != Trouble::kNone) return false;
  state_->ran = false;
  while (deviceScript().waits) {
    if (mustStop()) return true;
  }
  for (size_t k = 0; k < state_->boards.size(); k++) {
    test::HostBoard& host = *state_->boards[k];
    host.stop = mustStop() ? 1 : 0;
    *host.board.tally = Tally{};
    const Plan plan = state_->layouts[k]->plan;
    test::onTeam({4, 1, 0}, [&](auto& team) { auctionOf(team, host.board, plan); });
  }
  state_->ran = true;
  return true;
}

bool DeviceBoards::read(size_t k, int32_t* at, int32_t* price, Tally& tally) {
  const Board& b = state_->boards[k]->board;
  if (!state_->ran) {
    std::fill(at, at + b.demands, kUnplaced);
    std::fill(price, price + b.nodes, 0);
    tally = Tally{};
    return true;
  }
  std::copy(b.at, b.at + b.demands, at);
  std::copy(b.price, b.price + b.nodes, price);
  tally = *b.tally;
  return true;
}

bool DeviceBoards::prove(size_t k, const int32_t* at, const int64_t* price, Proof& proof, int64_t* value) {
  const Layout& layout = *state_->layouts[k];
  const Board& b = state_->boards[k]->board;
  std::vector<int64_t> scaled(price, price + b.nodes);
  for (int64_t& p : scaled) p *= layout.scale;
  std::copy(at, at + b.demands, b.at);
  std::copy(scaled.begin(), scaled.end(), b.proof);
  *b.tally = Tally{};
  test::onTeam({4, 1, 0}, [&](auto& team) { team.groups(b.demands, Prove{b}); });
  proof = proofOf(*b.tally, layout, scaled);
  if (value != nullptr) std::copy(b.value, b.value + b.demands, value);
  if (deviceScript().wrongProof) proof.dual -= 1;
  return true;
}

}  // namespace outbid::cuda
