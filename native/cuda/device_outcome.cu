#include <algorithm>
#include <cstring>

#include "device_state.cuh"
#include "device_team.cuh"

namespace outbid::cuda {

namespace {

// The listed ones of many boards.
template <int W>
__global__ void __launch_bounds__(kThreads, 3) proveKernel(const Board* boards, const int32_t* list, int32_t count) {
  __shared__ Board b;
  for (int32_t k = static_cast<int32_t>(blockIdx.y); k < count; k += static_cast<int32_t>(gridDim.y)) {
    if (threadIdx.x == 0) b = boards[list[k]];
    __syncthreads();
    Lanes<W> lanes;
    const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x / W;
    for (int64_t demand = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / W; demand < b.demands; demand += step)
      Prove{b}(lanes, static_cast<int32_t>(demand));
    __syncthreads();
  }
}

}  // namespace

// The outcome of all boards into pinned memory, in one copy.
bool DeviceBoards::State::land() {
  if (landed) return true;
  const size_t bytes = talliesAt + board.size() * sizeof(Tally);
  constexpr const char* kDoing = "copying the outcome";
  if (ran) {
    if (!copy(held->landing.data(), held->outcome.data(), bytes, cudaMemcpyDeviceToHost, kDoing) ||
        failed(cudaStreamSynchronize(stream), kDoing))
      return false;
  } else {
    std::memset(held->landing.data(), 0, bytes);
    for (const Board& b : board) {
      int32_t* at = reinterpret_cast<int32_t*>(held->landing.data() + (reinterpret_cast<char*>(b.at) - held->outcome.data()));
      std::fill(at, at + b.demands, kUnplaced);
    }
  }
  return landed = true;
}

bool DeviceBoards::read(std::vector<Left>& left) {
  State& s = *state_;
  if (trouble != Trouble::kNone || !s.prepare() || !s.land()) return false;
  const auto here = [&](const void* there) {
    return s.held->landing.data() + (static_cast<const char*>(there) - s.held->outcome.data());
  };
  left.clear();
  for (const Board& b : s.board) {
    left.push_back({reinterpret_cast<const int32_t*>(here(b.at)), reinterpret_cast<const int32_t*>(here(b.price)),
                    reinterpret_cast<const Tally*>(here(b.tally))});
  }
  return true;
}

bool DeviceBoards::read(size_t k, int32_t* at, int32_t* price, Tally& tally) {
  std::vector<Left> left;
  if (!read(left)) return false;
  const Board& b = state_->board[k];
  std::copy(left[k].at, left[k].at + b.demands, at);
  std::copy(left[k].price, left[k].price + b.nodes, price);
  tally = *left[k].tally;
  return true;
}

bool DeviceBoards::State::launchProof(const int32_t* list, size_t count) {
  const int64_t blocks = (mostDemands * width + kThreads - 1) / kThreads;
  const int64_t boardsAtOnce = std::min<int64_t>(static_cast<int64_t>(count), kMostGrid);
  const dim3 grid(static_cast<unsigned>(std::clamp<int64_t>(blocks, 1, 4096)), static_cast<unsigned>(boardsAtOnce));
  if (width == 8)
    proveKernel<8><<<grid, kThreads, 0, stream>>>(boards, list, static_cast<int32_t>(count));
  else
    proveKernel<32><<<grid, kThreads, 0, stream>>>(boards, list, static_cast<int32_t>(count));
  return !failed(cudaGetLastError(), "starting the certificate");
}

bool DeviceBoards::prove(std::vector<Claim>& claims) {
  State& s = *state_;
  if (trouble != Trouble::kNone) return false;
  if (claims.empty()) return true;
  if (!s.prepare() || !s.land()) return false;
  constexpr const char* kDoing = "copying the answer to the device";
  char* from = s.held->departing.data();
  int32_t* list = reinterpret_cast<int32_t*>(from);
  std::memset(from, 0, s.proofBytes);
  std::vector<std::vector<int64_t>> scaled;
  for (const Claim& claim : claims) {
    const Board& b = s.board[claim.board];
    *list++ = static_cast<int32_t>(claim.board);
    // The board's costs are scaled, so are both objectives at scaled prices.
    scaled.push_back(claim.prices);
    for (int64_t& p : scaled.back()) p *= s.layout[claim.board]->scale;
    std::memcpy(from + (reinterpret_cast<char*>(b.proof) - s.proofs), scaled.back().data(), scaled.back().size() * sizeof(int64_t));
    // Of auctions that did not run there is nothing in the device's memory, or what another solve left there.
    const void* landed = s.held->landing.data() + (reinterpret_cast<char*>(b.at) - s.held->outcome.data());
    const void* at = claim.at != nullptr ? claim.at : s.ran ? nullptr : landed;
    if (at != nullptr && !s.copy(b.at, at, static_cast<size_t>(b.demands) * sizeof(int32_t), cudaMemcpyHostToDevice, kDoing))
      return false;
  }
  const int32_t* listed = reinterpret_cast<const int32_t*>(s.proofs);
  const size_t wanted = s.outcomeBytes - s.talliesAt;
  if (!s.copy(s.proofs, from, s.proofBytes, cudaMemcpyHostToDevice, kDoing) ||
      s.failed(cudaMemsetAsync(s.tallies, 0, s.board.size() * sizeof(Tally), s.stream), "clearing counters") ||
      !s.launchProof(listed, claims.size()) ||
      !s.copy(s.held->landing.data() + s.talliesAt, s.tallies, wanted, cudaMemcpyDeviceToHost, "copying the certificate") ||
      s.failed(cudaStreamSynchronize(s.stream), "running the certificate"))
    return false;
  const auto here = [&](const void* there) {
    return s.held->landing.data() + (static_cast<const char*>(there) - s.held->outcome.data());
  };
  for (size_t c = 0; c < claims.size(); c++) {
    const Board& b = s.board[claims[c].board];
    claims[c].proof = proofOf(*reinterpret_cast<const Tally*>(here(b.tally)), *s.layout[claims[c].board], scaled[c]);
    claims[c].value = reinterpret_cast<const int64_t*>(here(b.value));
  }
  return true;
}

}  // namespace outbid::cuda
