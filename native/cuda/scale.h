// The last step of laying out a plain problem (direct.h), taken where the board is: the scale is known only when all costs have been read,
// and by then they are on their way as whole numbers.
#pragma once

#include "board.h"

namespace outbid::cuda {

// A board's costs and unserved costs as they came, one stretch; what is kFar or more says something else and stays.
struct Scale {
  int32_t* values;
  int64_t count;
  int32_t factor;
  OUTBID_HD void operator()(int64_t k) const {
    if (values[k] < kFar) values[k] *= factor;
  }
};

}  // namespace outbid::cuda
