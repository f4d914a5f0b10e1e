// The whole test framework: a check that counts, says where it failed and in which instance, and an exit code.
#pragma once

#include <cstdarg>
#include <cstdio>

namespace outbid::test {

inline char contextText[256] = "";
inline long checks = 0;
inline long failures = 0;

// What the following checks are about: printed with a failure.
__attribute__((format(printf, 1, 2))) inline void context(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(contextText, sizeof(contextText), format, arguments);
  va_end(arguments);
}

inline void check(bool holds, const char* expression, const char* file, int line) {
  checks++;
  if (holds) return;
  if (++failures <= 20) std::fprintf(stderr, "%s:%d: %s does not hold (%s)\n", file, line, expression, contextText);
}

inline int report(const char* name) {
  std::printf("%s: %ld checks, %ld failures\n", name, checks, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}

}  // namespace outbid::test

#define CHECK(expression) ::outbid::test::check((expression), #expression, __FILE__, __LINE__)
