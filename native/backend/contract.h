/* The contract between outbid and a backend that lives in a shared library of its own, such as the one for NVIDIA devices.
 *
 * A plug-in is one shared library that exports one function, outbid_backend_entry, which returns one constant structure of
 * plain functions. It is C from end to end: no exception, no C++ type and no Node value crosses it, so a plug-in and its host
 * may be built by different compilers at different times. The host is the addon. It opens the library with local symbols the
 * first time somebody asks for the backend by name or for the list of backends, and never closes it.
 *
 * The problem (see core/problem_view.h for the words):
 *
 *   minimise   sum cost_ij x_ij + sum r_i y_i + sum g_jk z_jk
 *   subject to sum_j x_ij + y_i = d_i ,  sum_i x_ij <= c_j ,  0 <= x_ij <= a_ij ,  all integral
 *
 * Trust. None: the host checks every length, range and order of an answer, then its certificate in a pass of its own, and
 * withholds what fails. A plug-in that answers wrongly costs its user an error, never a wrong answer.
 *
 * Ownership. What the host passes (problem, request, control and all they point to) is the host's and lasts until the call
 * returns; a plug-in keeps no pointer to it. What a plug-in returns (an answer and all it points to) is the plug-in's, stays
 * as it is until the host calls release, once, and the host copies it before. The structure of the entry and its strings are
 * constant for the life of the process. Text that explains a code is written into a buffer of the host's, OUTBID_TEXT_BYTES
 * long, zero terminated, UTF-8; it may be left empty.
 *
 * What a plug-in may assume of a problem. The host has checked it and nobody writes to it during the call: counts are >= 0,
 * offsets start at 0, never descend and end at `arcs`; targets lie in [0, nodes), none twice for one demand; in CSR every cost
 * is finite, in dense +infinity (minimise) or -infinity (maximise) forbids the pair and every other cost is finite; units,
 * capacity, arc_capacity >= 0; unserved_cost is finite or +infinity; a node's tiers hold its capacity in sum, with surcharges
 * finite, >= 0 and non-decreasing. `integer` says that costs, finite unserved costs and surcharges are whole, and small enough:
 * with C the largest of their sizes, sum(d) C <= 2^53 and 2 C (min(n, m) + 1) <= 2^53. Warm prices are finite and >= 0.
 * Every feature that problem and request need is one the plug-in declared, and no size exceeds its largest.
 *
 * Threads. probe, solve, solve_many and release may be called from any thread, and from several at once; a plug-in that can
 * serve only one at a time waits inside, and polls must_stop while it waits. It may call must_stop from any of its threads,
 * progress from one at a time, and neither after the call has returned. Threads it starts do not outlive the call, or wait
 * without work until the process ends. Signals, environment variables, the locale and the floating point modes are left as
 * they are found.
 *
 * Ending. must_stop is asked at least every few milliseconds: once it says so, and then it always does, nobody wants the answer,
 * and the call returns OUTBID_STOPPED without one. A deadline is another matter: when request.seconds have passed, the best answer at hand is
 * returned, OUTBID_STATUS_STOPPED or OUTBID_STATUS_FEASIBLE with valid prices, bound and placements.
 *
 * Sameness. Status, objective and bound are determined by problem, seed, prices and gap alone. The placements are too when
 * request.deterministic is set; without it, any that the certificate proves will do. The deadline is outside this rule.
 *
 * Versions. api_version is the first field of the entry's structure and keeps its place for ever, so that any two versions
 * can tell that they do not fit: a host takes exactly its own version. Within a version structures only grow at their ends.
 * Each begins with its size as its maker knew it; its reader takes no field beyond that size, and what is not there counts as
 * zero. A new meaning of an old field, or a new code, is a new version. */
#ifndef OUTBID_BACKEND_CONTRACT_H
#define OUTBID_BACKEND_CONTRACT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OUTBID_BACKEND_API 1u
#define OUTBID_TEXT_BYTES 512

#if defined(_WIN32)
#define OUTBID_BACKEND_EXPORT __declspec(dllexport)
#else
#define OUTBID_BACKEND_EXPORT __attribute__((visibility("default")))
#endif

/* What a call comes to. */
typedef uint32_t outbid_code;
#define OUTBID_OK 0u
#define OUTBID_STOPPED 1u              /* must_stop said so: there is no answer */
#define OUTBID_UNSUPPORTED 2u          /* a feature or a size after all; the text names it */
#define OUTBID_COST_RANGE 3u           /* float costs too far apart to be refined to the tolerance */
#define OUTBID_OUT_OF_MEMORY 4u        /* of the host's memory */
#define OUTBID_DEVICE_OUT_OF_MEMORY 5u /* of the device's */
#define OUTBID_CERTIFICATE_FAILED 6u   /* the plug-in's own check rejects what it found: a defect */
#define OUTBID_DEVICE_FAILED 7u        /* the device or its driver reported an error during the run */
#define OUTBID_DRIVER_NOT_FOUND 8u     /* these four are what probe finds; solve may find them too */
#define OUTBID_DRIVER_TOO_OLD 9u
#define OUTBID_NO_DEVICE 10u
#define OUTBID_ARCH_UNSUPPORTED 11u /* there are devices, none that this build has code for */
#define OUTBID_INTERNAL 12u

/* What a backend can do: a set bit promises it, a missing one makes the host refuse problems that need it. */
#define OUTBID_FEATURE_SPARSE (1ull << 0)       /* CSR */
#define OUTBID_FEATURE_DENSE (1ull << 1)        /* demands x nodes, forbidden pairs included */
#define OUTBID_FEATURE_FLOAT_COSTS (1ull << 2)  /* costs, unserved costs or surcharges that are not whole */
#define OUTBID_FEATURE_UNITS (1ull << 3)        /* a demand of other than one unit */
#define OUTBID_FEATURE_CAPACITY (1ull << 4)     /* a node of more than one slot */
#define OUTBID_FEATURE_ARC_CAPACITY (1ull << 5) /* an arc capacity that is not OUTBID_NO_BOUND */
#define OUTBID_FEATURE_TIERS (1ull << 6)        /* tier arrays */
#define OUTBID_FEATURE_UNSERVED (1ull << 7)     /* a finite unserved cost */
#define OUTBID_FEATURE_MAXIMIZE (1ull << 8)
#define OUTBID_FEATURE_WARM_PRICES (1ull << 9)
#define OUTBID_FEATURE_GAP (1ull << 10) /* stopping early at a gap > 0; without it the host asks for the optimum */
#define OUTBID_FEATURE_DEADLINE (1ull << 11)
#define OUTBID_FEATURE_DETERMINISTIC (1ull << 12) /* honours request.deterministic */
#define OUTBID_FEATURE_BATCHES (1ull << 13)       /* solve_many is there and better than as many calls of solve */

/* The element type of costs. */
#define OUTBID_FLOAT64 0u
#define OUTBID_FLOAT32 1u
#define OUTBID_INT32 2u
#define OUTBID_UINT32 3u
#define OUTBID_INT16 4u
#define OUTBID_UINT16 5u
#define OUTBID_INT8 6u
#define OUTBID_UINT8 7u

#define OUTBID_NO_BOUND INT32_MAX /* an arc capacity that never binds */

/* One number for all (each is null), or one number each. */
typedef struct {
  const int32_t* each;
  int32_t all;
} outbid_integers;

typedef struct {
  const double* each;
  double all;
} outbid_doubles;

typedef struct {
  uint32_t size; /* of this structure, in bytes */
  int32_t demands;
  int32_t nodes;
  uint32_t cost_type;
  int64_t arcs;                 /* length of costs; demands * nodes when dense; at most 2^31 - 1 */
  const int32_t* offsets;       /* demands + 1; null: dense, arc i * nodes + j */
  const int32_t* targets;       /* arcs; null: dense */
  const void* costs;            /* never null */
  outbid_integers units;        /* per demand */
  outbid_doubles unserved_cost; /* per demand, cost per unit; +infinity: must be served */
  outbid_integers capacity;     /* per node, slots */
  outbid_integers arc_capacity; /* per arc */
  const int32_t* tier_offsets;  /* nodes + 1; null: every node has one tier of surcharge 0 */
  const int32_t* tier_slots;    /* tiers */
  const double* tier_surcharge; /* tiers */
  int64_t tiers;
  uint32_t maximize; /* costs are values to be maximised; unserved costs and surcharges stay costs */
  uint32_t integer;
  uint64_t needs; /* the features this problem needs, of those a problem can need */
} outbid_problem;

typedef struct {
  uint32_t size;
  uint32_t deterministic;
  uint64_t seed;        /* breaks ties, below 2^53 */
  double gap;           /* absolute gap at which to stop early, in the caller's cost; 0: the optimum */
  double seconds;       /* time left, counted from the call; +infinity: no deadline */
  const double* prices; /* warm prices, one per node; null: cold */
  int32_t threads;      /* processor threads it may use at once; never changes the answer */
  int32_t device;       /* as counted by probe */
} outbid_request;

#define OUTBID_PHASE_AUCTION 0u
#define OUTBID_PHASE_FINISH 1u
#define OUTBID_PHASE_CERTIFICATE 2u

typedef struct {
  uint32_t size;
  uint32_t phase;
  int64_t index; /* which problem of solve_many; 0 in solve */
  int64_t placed;
  int64_t units;
  double fraction; /* 0 to 1, never falls */
} outbid_progress;

typedef struct {
  uint32_t size;
  void* context;                                              /* goes back with each call below */
  uint32_t (*must_stop)(void* context);                       /* never null; other than 0: stop */
  void (*progress)(void* context, const outbid_progress* at); /* null: nobody listens. As often as it likes */
} outbid_control;

#define OUTBID_STATUS_OPTIMAL 0u
#define OUTBID_STATUS_FEASIBLE 1u
#define OUTBID_STATUS_STOPPED 2u
#define OUTBID_STATUS_INFEASIBLE 3u

/* All in the caller's sense and order: for a maximising problem objective, bound and values are values. The numbers are those
 * of the core for the same prices and placements, to the last bit. Infeasible: objective and bound are infinite in the
 * direction of worse, gap is NaN, the arrays are empty and the witness is set. Stopped: a must-serve unit has no place;
 * objective infinite, bound valid. */
typedef struct {
  uint32_t size;
  uint32_t status;
  double objective;
  double bound;
  double gap;
  double tolerance;     /* 0 for integer data */
  const double* prices; /* nodes; finite, >= 0; for integer data whole, at most 2^53 + 2^52 */
  int64_t prices_count;
  const double* values; /* demands */
  int64_t values_count;
  const int32_t* placed_arcs;  /* ascending; arcs that carry units */
  const int32_t* placed_units; /* beside them, >= 1 */
  int64_t placed_count;
  const int32_t* assignment;      /* per demand its node, -1: unserved; only where every demand has one unit */
  int64_t assignment_count;       /* demands, or 0: not at hand */
  const int32_t* witness_demands; /* ascending */
  int64_t witness_demands_count;
  const int32_t* witness_nodes; /* ascending */
  int64_t witness_nodes_count;
  double witness_needed;
  double witness_available;
  int64_t classes; /* counts and times of the run, for reading; 0 where there is none */
  int64_t bids;
  int64_t pushes;
  int64_t pulls;
  double layout_milliseconds; /* before the device had the problem */
  double upload_milliseconds;
  double solve_milliseconds; /* the rest */
  const char* device;        /* what it ran on, in words; never null */
  void* owner;               /* the plug-in's own; the host does not look */
} outbid_answer;

typedef struct {
  uint32_t size;
  uint32_t arch;   /* compute capability: 10 * major + minor */
  uint64_t memory; /* bytes in all */
  char name[128];  /* zero terminated */
} outbid_device;

typedef struct {
  uint32_t api_version; /* OUTBID_BACKEND_API */
  uint32_t size;
  const char* name;    /* "cuda" */
  const char* version; /* of the plug-in, for people */
  uint64_t features;
  int64_t max_demands; /* the largest problem it takes */
  int64_t max_nodes;
  int64_t max_arcs;
  int64_t max_units; /* of a demand, and slots of a node */

  /* Asks whether it could run here, and on what: fills up to `room` devices, each of whose `size` the host has set, and sets
   * *count to how many there are. Creates no context and leaves nothing allocated on a device. OUTBID_OK with *count >= 1, or
   * one of the four codes of a probe, or OUTBID_DEVICE_FAILED. */
  outbid_code (*probe)(outbid_device* devices, uint32_t room, uint32_t* count, char* text);

  /* *answer is set if and only if OUTBID_OK is returned. */
  outbid_code (*solve)(const outbid_problem* problem, const outbid_request* request, const outbid_control* control,
                       const outbid_answer** answer, char* text);

  /* Solves `count` problems, whose requests are requests[k]: of one deadline, and device. codes[k] and answers[k] are as solve
   * would return them; `text` explains the first code that is not OUTBID_OK. Returns OUTBID_OK when every codes[k] is set, else
   * a code that holds for all of them, and then no answer is. Null without OUTBID_FEATURE_BATCHES. */
  outbid_code (*solve_many)(int64_t count, const outbid_problem* const* problems, const outbid_request* requests,
                            const outbid_control* control, const outbid_answer** answers, outbid_code* codes, char* text);

  void (*release)(const outbid_answer* answer);
} outbid_backend;

/* The one exported function. Cheap: touches no device and no driver. Never null. */
typedef const outbid_backend* (*outbid_backend_entry_function)(void);
#define OUTBID_BACKEND_SYMBOL "outbid_backend_entry"
OUTBID_BACKEND_EXPORT const outbid_backend* outbid_backend_entry(void);

#ifdef __cplusplus
}
#endif

#endif
