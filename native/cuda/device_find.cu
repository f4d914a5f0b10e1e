#include <cuda_runtime.h>
#include <dlfcn.h>

#include <cstring>
#include <mutex>

#include "device.h"

namespace outbid::cuda {

namespace {

Trouble look(std::vector<DeviceFacts>& devices, std::string& words) {
  devices.clear();
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver == nullptr) {
    words = "the NVIDIA driver (libcuda.so.1) is not installed";
    return Trouble::kNoDriver;
  }
  dlclose(driver);
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver || error == cudaErrorStubLibrary) {
    words = std::string("the NVIDIA driver is too old for this build: ") + cudaGetErrorString(error);
    return Trouble::kOldDriver;
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) {
    words = "there is a driver and no device";
    return Trouble::kNoDevice;
  }
  if (error != cudaSuccess) {
    words = std::string("looking for devices: ") + cudaGetErrorString(error);
    return Trouble::kFailed;
  }
  bool usable = false;
  for (int k = 0; k < count; k++) {
    cudaDeviceProp properties;
    if (const cudaError_t asked = cudaGetDeviceProperties(&properties, k); asked != cudaSuccess) {
      words = std::string("asking a device for its properties: ") + cudaGetErrorString(asked);
      return Trouble::kFailed;
    }
    DeviceFacts facts;
    facts.arch = 10 * properties.major + properties.minor;
    facts.memory = properties.totalGlobalMem;
    std::memcpy(facts.name, properties.name, sizeof(facts.name) - 1);
    usable |= properties.major >= 8;
    devices.push_back(facts);
  }
  if (!usable) words = "this build has code for devices of compute capability 8.0 and later";
  return usable ? Trouble::kNone : Trouble::kNoCode;
}

}  // namespace

// Devices that were found stay found: asking for their properties takes milliseconds, and every solve asks.
Trouble findDevices(std::vector<DeviceFacts>& devices, std::string& words) {
  static std::mutex mutex;
  static std::vector<DeviceFacts> found;
  std::lock_guard<std::mutex> lock(mutex);
  if (found.empty()) {
    if (const Trouble trouble = look(devices, words); trouble != Trouble::kNone) return trouble;
    found = devices;
  }
  devices = found;
  return Trouble::kNone;
}

double copyBandwidth(int32_t device) {
  constexpr size_t kBytes = size_t{1} << 30;
  constexpr int kCopies = 10;
  void* memory = nullptr;
  cudaEvent_t began = nullptr;
  cudaEvent_t ended = nullptr;
  float milliseconds = 0;
  bool good = cudaSetDevice(device) == cudaSuccess && cudaMalloc(&memory, 2 * kBytes) == cudaSuccess &&
              cudaEventCreate(&began) == cudaSuccess && cudaEventCreate(&ended) == cudaSuccess;
  for (int k = -1; good && k < kCopies; k++) {
    if (k == 0) good = cudaEventRecord(began) == cudaSuccess;  // the one before warms up
    char* from = static_cast<char*>(memory);
    good = good && cudaMemcpyAsync(from + kBytes, from, kBytes, cudaMemcpyDeviceToDevice) == cudaSuccess;
  }
  good = good && cudaEventRecord(ended) == cudaSuccess && cudaEventSynchronize(ended) == cudaSuccess &&
         cudaEventElapsedTime(&milliseconds, began, ended) == cudaSuccess;
  if (began != nullptr) (void)cudaEventDestroy(began);
  if (ended != nullptr) (void)cudaEventDestroy(ended);
  if (memory != nullptr) (void)cudaFree(memory);
  (void)cudaGetLastError();
  return good && milliseconds > 0 ? 2.0 * kCopies * static_cast<double>(kBytes) / (1e-3 * static_cast<double>(milliseconds)) : 0;
}

}  // namespace outbid::cuda
