# The plug-in for NVIDIA devices. Only the runtime is linked, and that statically: the driver is looked for when the plug-in is first used, so
# the library loads on any machine. ptxas reports what each kernel takes (resources.txt).
set(OUTBID_CUDA_ARCHITECTURES "80-real;90-real;100" CACHE STRING "Machine code for these, and PTX for what comes after the last")
set(CMAKE_CUDA_ARCHITECTURES "${OUTBID_CUDA_ARCHITECTURES}")
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
enable_language(CUDA)
# CMake before 3.26 does not know how to ask nvcc for C++20.
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()

add_library(outbid_device STATIC native/cuda/device.cu native/cuda/device_find.cu native/cuda/device_memory.cu
  native/cuda/device_outcome.cu native/cuda/device_upload.cu native/cuda/solve_boards.cpp)
target_compile_options(outbid_device PRIVATE
  $<$<COMPILE_LANGUAGE:CUDA>:--resource-usage>
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>
  $<$<AND:$<BOOL:${OUTBID_WERROR}>,$<COMPILE_LANGUAGE:CUDA>>:-Werror=all-warnings>)
target_link_libraries(outbid_device PUBLIC outbid_board ${CMAKE_DL_LIBS})

add_library(outbid_cuda MODULE native/cuda/plugin.cpp)
target_link_libraries(outbid_cuda PRIVATE outbid_device)
set_target_properties(outbid_cuda PROPERTIES PREFIX "" SUFFIX ".so")
# Of the libraries inside nothing shows but the one function of the contract.
target_link_options(outbid_cuda PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/native/cuda/gpu_check.cpp)
  add_executable(gpu_check native/cuda/gpu_check.cpp native/cuda/gpu_bench.cpp)
  target_include_directories(gpu_check PRIVATE native/test)
  target_link_libraries(gpu_check PRIVATE outbid_device)
endif()
