// Eight 32-bit lanes and what the loops do with them. No include guard: loops.inc is compiled once for each vector unit, in a namespace of
// its own, and this file with it. Without AVX2 the compiler lowers the lanes to what the machine has, down to single
// numbers; whole numbers, so every version gives the same answer.

using Lanes = int32_t __attribute__((vector_size(32)));
using LanesInMemory = int32_t __attribute__((vector_size(32), aligned(4), may_alias));

#define OUTBID_INLINE static inline __attribute__((always_inline))

OUTBID_INLINE Lanes load(const int32_t* from) {
  return *reinterpret_cast<const LanesInMemory*>(from);
}

OUTBID_INLINE Lanes all(int32_t v) {
  return Lanes{v, v, v, v, v, v, v, v};
}

OUTBID_INLINE Lanes lesser(const Lanes& a, const Lanes& b) {
#if defined(OUTBID_AVX2)
  return reinterpret_cast<Lanes>(_mm256_min_epi32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return a < b ? a : b;
#endif
}

OUTBID_INLINE Lanes greater(const Lanes& a, const Lanes& b) {
#if defined(OUTBID_AVX2)
  return reinterpret_cast<Lanes>(_mm256_max_epi32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return a < b ? b : a;
#endif
}

OUTBID_INLINE Lanes gather(const int32_t* base, const Lanes& index) {
#if defined(OUTBID_AVX2)
  return reinterpret_cast<Lanes>(_mm256_i32gather_epi32(base, reinterpret_cast<__m256i>(index), 4));
#else
  Lanes out;
  for (int k = 0; k < kLanes; k++) out[k] = base[index[k]];
  return out;
#endif
}

// Bit k: lane k of a comparison's outcome is true.
OUTBID_INLINE uint32_t bitsOf(const Lanes& outcome) {
#if defined(OUTBID_AVX2)
  return static_cast<uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(outcome)));
#else
  uint32_t bits = 0;
  for (int k = 0; k < kLanes; k++) bits |= (static_cast<uint32_t>(outcome[k]) >> 31) << k;
  return bits;
#endif
}

OUTBID_INLINE int32_t least(const Lanes& v) {
#if defined(OUTBID_AVX2)
  __m128i h = _mm_min_epi32(_mm256_castsi256_si128(reinterpret_cast<__m256i>(v)),
                            _mm256_extracti128_si256(reinterpret_cast<__m256i>(v), 1));
  h = _mm_min_epi32(h, _mm_shuffle_epi32(h, 0x4e));
  h = _mm_min_epi32(h, _mm_shuffle_epi32(h, 0xb1));
  return _mm_cvtsi128_si32(h);
#else
  int32_t out = v[0];
  for (int k = 1; k < kLanes; k++) out = v[k] < out ? v[k] : out;
  return out;
#endif
}
