/**
 * Every error outbid raises is an OutbidError with a stable `code` and the fields that say where. This table is the one list
 * of codes: the documentation's table and the tests' table are generated from it.
 *
 * `exit` is the command line's exit code for it: 2 = the input or the call is wrong, 3 = a backend failed.
 */
export const ERROR_CODES = {
  TYPE_INVALID: { exit: 2, meaning: 'An argument or field has the wrong type, or a required one is missing.' },
  FIELD_UNKNOWN: { exit: 2, meaning: 'An object has a field this call does not know.' },
  SIZE_INVALID: { exit: 2, meaning: 'A count of demands, nodes or arcs is negative, fractional or beyond 2^31 - 1.' },
  LENGTH_MISMATCH: { exit: 2, meaning: 'An array does not have the length the other arguments call for.' },
  BUFFER_DETACHED: { exit: 2, meaning: 'A typed array is detached, or its buffer was resized below it.' },
  OFFSETS_INVALID: { exit: 2, meaning: 'offsets must start at 0, never descend and end at the number of arcs.' },
  TARGET_OUT_OF_RANGE: { exit: 2, meaning: 'An arc names a node that does not exist.' },
  DEMAND_OUT_OF_RANGE: { exit: 2, meaning: 'An arc or a call names a demand that does not exist.' },
  DUPLICATE_ARC: { exit: 2, meaning: 'The same demand and node stand in two arcs; arcs are never merged.' },
  COST_NOT_FINITE: {
    exit: 2,
    meaning: 'A cost is NaN or infinite where only a finite number, or the infinity for a forbidden pair, is allowed.',
  },
  COST_RANGE: { exit: 2, meaning: 'Costs are too large to be summed exactly, or too far apart to be refined.' },
  UNITS_INVALID: { exit: 2, meaning: 'units must be whole numbers from 0 to 2^31 - 1.' },
  CAPACITY_INVALID: { exit: 2, meaning: 'capacity must be whole numbers from 0 to 2^31 - 1.' },
  ARC_CAPACITY_INVALID: { exit: 2, meaning: 'arcCapacity must be whole numbers from 0 to 2^31 - 1, or Infinity for none.' },
  UNSERVED_COST_INVALID: { exit: 2, meaning: 'unservedCost must be a finite number, or Infinity for a demand that must be served.' },
  TIERS_INVALID: { exit: 2, meaning: "A node's tiers do not add up to its capacity, or their arrays are malformed." },
  TIERS_NOT_CONVEX: { exit: 2, meaning: 'Surcharges of a node must be >= 0 and must not decrease from tier to tier.' },
  PROBLEM_CHANGED: { exit: 2, meaning: "The caller's arrays changed after the Problem was built, in a way that makes it invalid." },
  UNKNOWN_OPTION: { exit: 2, meaning: 'An option is not known; the nearest known one is named.' },
  OPTION_INVALID: { exit: 2, meaning: 'An option has a value outside its range.' },
  OPTION_UNSUPPORTED: {
    exit: 2,
    meaning:
      'This call cannot honour the option (signal and onProgress need the asynchronous call; migratable demands of several units have no arcCapacity).',
  },
  DEMAND_UNKNOWN: {
    exit: 2,
    meaning: 'An id names no demand of this matcher, or no request of this batch: it was removed, or never given out.',
  },
  NODE_UNKNOWN: { exit: 2, meaning: 'A call names a node that does not exist or was removed.' },
  ARC_UNKNOWN: { exit: 2, meaning: 'A call names an arc that does not exist.' },
  DEMAND_NOT_PLACED: { exit: 2, meaning: 'A demand cannot be committed while some of its units have no place.' },
  DEMAND_COMMITTED: { exit: 2, meaning: 'The call would take a place away that is committed.' },
  DISPOSED: { exit: 2, meaning: 'The matcher or network was disposed of.' },
  REENTRANT: { exit: 2, meaning: 'A matcher was called while it was reading the arguments of another call.' },
  NOT_CLONEABLE: { exit: 2, meaning: 'A matcher cannot be cloned or sent to another thread; send its snapshot.' },
  SNAPSHOT_INVALID: {
    exit: 2,
    meaning: 'What is to be restored is no snapshot of a matcher, of a network or of a ledger, or was damaged.',
  },
  SOLUTION_INVALID: { exit: 2, meaning: 'A solution does not have the shape its problem calls for.' },
  SOLUTION_NOT_OPTIMAL: { exit: 2, meaning: 'The question is only defined for an optimal solution.' },
  FILE_UNREADABLE: { exit: 2, meaning: 'A file does not exist, cannot be read, or is not valid gzip.' },
  FILE_UNWRITABLE: { exit: 2, meaning: 'A file cannot be written.' },
  FILE_FORMAT: { exit: 2, meaning: 'A file does not follow its format; the line is named.' },
  DUPLICATE_KEY: {
    exit: 2,
    meaning: 'An object in a JSON file has the same key twice; which of the two is meant nobody can tell.',
  },
  FORMAT_AMBIGUOUS: { exit: 2, meaning: 'The format of a file cannot be told from its content; name it with --format.' },
  NOT_BIPARTITE: { exit: 2, meaning: 'A flow network is not bipartite between sources and sinks.' },
  LOWER_BOUND: { exit: 2, meaning: 'A flow network has an arc with a lower bound other than 0.' },
  NETWORK_INVALID: { exit: 2, meaning: 'A network or request file has a field that is missing, unknown or out of range.' },
  GROUPS_CROSS: {
    exit: 2,
    meaning: 'Two groups of nodes with a limit share nodes, and neither holds the other; the message names both.',
  },
  NOT_A_FLOW: { exit: 2, meaning: 'A request asks for what no matching can express; the message says what to do instead.' },
  NODE_FULL: { exit: 2, meaning: 'A node has no free slot for another reservation.' },
  RESERVATION_UNKNOWN: { exit: 2, meaning: 'An id names no reservation of this ledger: it was never assigned, or was forgotten.' },
  RESERVATION_CONFLICT: {
    exit: 2,
    meaning: 'A reservation with this id is alive: on another node, or where the call needs that there is none.',
  },
  RESERVATION_EXPIRED: { exit: 2, meaning: 'A reservation ran out before the call; its slot may have gone to another one.' },
  RESERVATION_FINISHED: { exit: 2, meaning: 'A reservation was released or lost before the call; an id is used once.' },
  QUEUE_FULL: { exit: 2, meaning: 'As many requests wait as may wait.' },
  TIME_INVALID: { exit: 2, meaning: 'A time or a duration in milliseconds is outside its range.' },
  TIME_BACKWARDS: { exit: 2, meaning: 'The time of a call lies before the time of an earlier one.' },
  REPORT_IN_FUTURE: { exit: 2, meaning: 'A report is dated after the clock of the ledger it is given to.' },
  USAGE: { exit: 2, meaning: 'The command line is wrong; the message says how.' },
  BACKEND_UNAVAILABLE: { exit: 3, meaning: 'The backend asked for by name cannot be used here; the message says why.' },
  BACKEND_UNSUPPORTED: { exit: 3, meaning: 'The backend asked for by name lacks a feature this problem or call needs.' },
  CERTIFICATE_FAILED: {
    exit: 3,
    meaning: 'A backend produced an answer its own certificate rejects: a defect in outbid. The answer is withheld.',
  },
  OUT_OF_MEMORY: { exit: 3, meaning: 'The solver could not allocate the memory the problem needs.' },
  DEVICE_OUT_OF_MEMORY: { exit: 3, meaning: 'The device has less memory free than the problem needs there.' },
  DEVICE_FAILED: { exit: 3, meaning: 'The device or its driver reported an error during a run; the message has its words.' },
  INTERNAL: { exit: 3, meaning: 'A backend failed in a way it has no code for: a defect in outbid.' },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Where an error is: any of the fields that locate it. */
export interface ErrorPlace {
  argument?: string;
  option?: string;
  nearest?: string;
  demand?: number;
  /** A position, or the caller's own id of a node. */
  node?: number | string;
  id?: number | string;
  index?: number;
  tier?: number;
  line?: number;
  file?: string;
  field?: string;
  value?: unknown;
  backend?: string;
  /** Of BACKEND_UNAVAILABLE: why, a key of UNAVAILABLE_CODES. */
  reason?: string;
  /** Of BACKEND_UNSUPPORTED: what is lacking, in words. */
  lacks?: string;
  dump?: string;
  cause?: unknown;
}

/** The one error class of the package. `code` is stable; the place fields are also set as properties of the error. */
export class OutbidError extends Error {
  readonly code: ErrorCode;
  declare readonly argument?: string;
  declare readonly option?: string;
  declare readonly nearest?: string;
  declare readonly demand?: number;
  declare readonly node?: number | string;
  declare readonly id?: number | string;
  declare readonly index?: number;
  declare readonly tier?: number;
  declare readonly line?: number;
  declare readonly file?: string;
  declare readonly field?: string;
  declare readonly value?: unknown;
  declare readonly backend?: string;
  declare readonly reason?: string;
  declare readonly lacks?: string;
  declare readonly dump?: string;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(`${code}: ${message}`, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'OutbidError';
    this.code = code;
    for (const [key, value] of Object.entries(place)) {
      if (key !== 'cause' && value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
  }
}
