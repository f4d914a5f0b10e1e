// The package version this binary was built from. The loader refuses a binary of another version: the object shapes that
// cross the binding are private and change between versions.
#pragma once

namespace outbid::node {

constexpr char kVersion[] = "0.1.0";

}  // namespace outbid::node
