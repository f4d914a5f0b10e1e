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

bool DeviceBoards::upload(Image& image, int32_t threads, const std::function<bool()>& mustStop) {
  trouble = deviceScript().upload;
  words = trouble == Trouble::kNone ? "" : "no upload";
  if (trouble != Trouble::kNone) return false;
  state_->layouts.clear();
  state_->boards.clear();
  stopped = !deviceScript().waits && mustStop();
  if (stopped) return true;
  for (size_t k = 0; k < image.boards(); k++) {
    state_->boards.push_back(std::make_unique<test::HostBoard>());
    state_->boards[k]->arrive(image, k, 256 * (1 + k % 3));
    state_->layouts.push_back(&image.layout(k));
  }
  if (!image.complete(threads)) return true;
  for (size_t k = 0; k < image.boards(); k++) state_->boards[k]->settle(image, k, image.layout(k));
  return true;
}

bool DeviceBoards::upload(const std::vector<const Layout*>& complete) {
  Image image;
  for (const Layout* layout : complete) image.add(*layout);
  return upload(image, 1, [] { return false; });
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

bool DeviceBoards::read(std::vector<Left>& left) {
  left.clear();
  for (const auto& host : state_->boards) {
    const Board& b = host->board;
    if (!state_->ran) {
      std::fill(b.at, b.at + b.demands, kUnplaced);
      std::fill(b.price, b.price + b.nodes, 0);
    }
    left.push_back({b.at, b.price, b.tally});
  }
  return true;
}

bool DeviceBoards::read(size_t k, int32_t* at, int32_t* price, Tally& tally) {
  std::vector<Left> left;
  read(left);
  const Board& b = state_->boards[k]->board;
  std::copy(b.at, b.at + b.demands, at);
  std::copy(b.price, b.price + b.nodes, price);
  tally = *left[k].tally;
  return true;
}

bool DeviceBoards::prove(std::vector<Claim>& claims) {
  for (Claim& claim : claims) {
    const Layout& layout = *state_->layouts[claim.board];
    const Board& b = state_->boards[claim.board]->board;
    std::vector<int64_t> scaled = claim.prices;
    for (int64_t& p : scaled) p *= layout.scale;
    if (claim.at != nullptr) std::copy(claim.at, claim.at + b.demands, b.at);
    std::copy(scaled.begin(), scaled.end(), b.proof);
    *b.tally = Tally{};
    test::onTeam({4, 1, 0}, [&](auto& team) { team.groups(b.demands, Prove{b}); });
    claim.proof = proofOf(*b.tally, layout, scaled);
    claim.value = b.value;
    if (deviceScript().wrongProof) claim.proof.dual -= 1;
  }
  return true;
}

}  // namespace outbid::cuda
