// The one place that configures and includes Node-API: every file of the binding starts here, so no two of them can disagree,
// and neither build file repeats it.
#pragma once

// Version 8 is the oldest that has all we call; one binary then serves every supported Node. package.json's
// binary.napi_versions says the same, which also lets cmake-js build without downloading headers.
#define NAPI_VERSION 8

// A failed Node-API call becomes a C++ exception, and any exception that reaches a callback becomes a JavaScript one.
#define NODE_ADDON_API_CPP_EXCEPTIONS_ALL
#define NODE_ADDON_API_CPP_EXCEPTIONS

// A worker that is being terminated cannot take an exception: drop it there instead of aborting the whole process.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS

// Results are copied into memory of the JavaScript heap: some embedders forbid arrays over foreign memory.
#define NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED

#include <napi.h>
