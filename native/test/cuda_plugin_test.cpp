// The plug-in's own code behind its C door, with processor threads in a device's place: every refusal and failure, stops, probes.
#include <cstdio>

#include "plugin_door.h"

using namespace outbid;
using namespace outbid::test;
using cuda::Trouble;

namespace {

// Two demands, two nodes: solvable by anything.
Instance plain() {
  Instance p;
  p.nodes = 2;
  p.offsets = {0, 2, 4};
  p.targets = {0, 1, 0, 1};
  p.costs = {1, 5, 1, 3};
  p.units = {1, 1};
  p.unserved = {INFINITY, INFINITY};
  p.capacity = {1, 1};
  return p;
}

outbid_code codeOf(const Instance& p, std::string& words, double seconds = INFINITY, bool stop = false) {
  const outbid_problem problem = problemOf(p.view());
  const outbid_problem* one = &problem;
  const outbid_request request = requestOf(0, seconds);
  Host host;
  host.stop = stop;
  char text[OUTBID_TEXT_BYTES] = "";
  const outbid_answer* answer = nullptr;
  const outbid_code code = backend().solve(&problem, &request, &host.control, &answer, text);
  words = text;
  CHECK((answer != nullptr) == (code == OUTBID_OK));
  const outbid_answer* inBatch = nullptr;
  outbid_code its = OUTBID_OK;
  const outbid_code whole = backend().solve_many(1, &one, &request, &host.control, &inBatch, &its, text);
  CHECK((whole != OUTBID_OK ? whole : its) == code);
  CHECK(words == text);
  if (answer != nullptr) backend().release(answer);
  if (whole == OUTBID_OK && its == OUTBID_OK) backend().release(inBatch);
  return code;
}

void failuresHaveTheirCodes() {
  std::string words;
  context("codes");
  CHECK(codeOf(plain(), words) == OUTBID_OK && words.empty());
  const std::pair<Trouble, outbid_code> troubles[] = {
      {Trouble::kOutOfMemory, OUTBID_DEVICE_OUT_OF_MEMORY},
      {Trouble::kFailed, OUTBID_DEVICE_FAILED},
      {Trouble::kNoDriver, OUTBID_DRIVER_NOT_FOUND},
      {Trouble::kOldDriver, OUTBID_DRIVER_TOO_OLD},
      {Trouble::kNoDevice, OUTBID_NO_DEVICE},
      {Trouble::kNoCode, OUTBID_ARCH_UNSUPPORTED},
  };
  for (const auto& [trouble, code] : troubles) {
    deviceScript() = {};
    deviceScript().probe = trouble;
    uint32_t found = 9;
    char text[OUTBID_TEXT_BYTES];
    CHECK(backend().probe(nullptr, 0, &found, text) == code && found == 0);
    CHECK(codeOf(plain(), words) == code && words == "as the script says");
  }
  for (Trouble trouble : {Trouble::kOutOfMemory, Trouble::kFailed}) {
    const outbid_code code = trouble == Trouble::kFailed ? OUTBID_DEVICE_FAILED : OUTBID_DEVICE_OUT_OF_MEMORY;
    deviceScript() = {};
    deviceScript().upload = trouble;
    CHECK(codeOf(plain(), words) == code && words == "no upload");
    deviceScript() = {};
    deviceScript().run = trouble;
    CHECK(codeOf(plain(), words) == code && words == "no run");
  }
  deviceScript() = {};
  deviceScript().wrongProof = true;
  CHECK(codeOf(plain(), words) == OUTBID_CERTIFICATE_FAILED &&
        words == "objective or bound differ between the device and the core");

  deviceScript() = {};
  Instance heavy;
  heavy.nodes = 5000;
  for (int32_t j = 0; j < heavy.nodes; j++) heavy.targets.push_back(j), heavy.costs.push_back(j), heavy.capacity.push_back(1000000);
  heavy.offsets = {0, heavy.nodes};
  heavy.units = {1000000};
  heavy.unserved = {INFINITY};
  CHECK(codeOf(heavy, words) == OUTBID_UNSUPPORTED && words == "the problem has too many units of demands with too many arcs");
  heavy.units = {2000000};
  CHECK(codeOf(heavy, words) == OUTBID_UNSUPPORTED && words == "the problem has more units than a device takes");
  // Every arc to a node would be one to each of its tiers: more arcs than may be looked at one by one.
  Instance tall;
  tall.nodes = 100;
  constexpr int32_t kTiers = 20000;
  for (int32_t i = 0; i < 2000; i++) {
    for (int32_t j = 0; j < tall.nodes; j++) tall.targets.push_back(j), tall.costs.push_back(i * tall.nodes + j);
    tall.offsets.push_back(static_cast<int32_t>(tall.targets.size()));
    tall.units.push_back(i == 0 ? 1000 : 1);
    tall.unserved.push_back(INFINITY);
  }
  tall.tierOffsets = {0};
  for (int32_t t = 0; t < kTiers * tall.nodes; t++) tall.tierSlots.push_back(1), tall.tierSurcharge.push_back(t % kTiers);
  for (int32_t j = 0; j < tall.nodes; j++) tall.capacity.push_back(kTiers), tall.tierOffsets.push_back((j + 1) * kTiers);
  CHECK(codeOf(tall, words) == OUTBID_UNSUPPORTED && words == "the problem has more tiers and arc capacities than a device takes");
  CHECK(deviceScript().runs == 0);

  // A witness needs no device.
  Instance hopeless = plain();
  hopeless.capacity = {0, 0};
  CHECK(codeOf(hopeless, words) == OUTBID_OK);
}

void stopsAndDeadlinesEndRuns() {
  std::string words;
  context("stops");
  for (bool waits : {false, true}) {
    deviceScript() = {};
    deviceScript().waits = waits;
    CHECK(codeOf(plain(), words, INFINITY, true) == OUTBID_STOPPED);
    // A deadline gives the best at hand: here everyone can still be placed greedily.
    CHECK(codeOf(plain(), words, 0) == OUTBID_OK);
  }
  deviceScript() = {};
}

void probeTellsWhatThereIs() {
  context("probe");
  outbid_device device{};
  device.size = sizeof(device);
  uint32_t count = 0;
  char text[OUTBID_TEXT_BYTES];
  CHECK(backend().probe(&device, 1, &count, text) == OUTBID_OK && count == 1);
  CHECK(device.arch == 90 && std::strcmp(device.name, "processor threads") == 0);
  CHECK(backend().api_version == OUTBID_BACKEND_API && std::strcmp(backend().name, "cuda") == 0);
}

}  // namespace

int main() {
  failuresHaveTheirCodes();
  stopsAndDeadlinesEndRuns();
  probeTellsWhatThereIs();
  return report("cuda plug-in");
}
