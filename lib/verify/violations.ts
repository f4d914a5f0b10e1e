/** What can be wrong with a solution: the one list of codes, and the collection of what was found. */

/** Each code with its meaning; `amount` is by how much. */
export const VIOLATION_CODES = {
  SHAPE_INVALID: 'The solution, or a field of it, is missing or of the wrong type (amount NaN).',
  LENGTH_MISMATCH: 'An array does not have the length the problem calls for (amount: entries too many, negative when too few).',
  FLOW_NOT_WHOLE: 'The units on an arc are not a whole number of at most 2^31 - 1 (amount: the number found).',
  FLOW_NEGATIVE: 'An arc carries fewer than 0 units (amount: units below 0).',
  FLOW_OVER_ARC_CAPACITY: 'An arc carries more units than its capacity (amount: the excess).',
  FORBIDDEN_ARC: 'A forbidden pair of a dense problem carries units (amount: the units).',
  NODE_OVER_CAPACITY: 'A node carries more units than it has slots (amount: the excess).',
  UNSERVED_INVALID: 'The unserved units of a demand are negative or not whole (amount: the number found).',
  UNITS_MISMATCH: 'Placed and unserved units do not add up to the units of a demand (amount: the excess).',
  UNSERVED_MUST_SERVE: 'A must-serve demand has unplaced units in an answer that claims to be complete (amount: the units).',
  ASSIGNMENT_MISMATCH:
    'The node assigned to a demand is not the one its flow says (amount: the node claimed, NaN when the array itself should not be there).',
  PRICE_NOT_FINITE: 'A price is NaN or beyond 2^960, so that nothing can be proven with it (amount: the price).',
  PRICE_NEGATIVE: 'A price is below 0, so that nothing is proven by it (amount: how far below).',
  VALUE_MISMATCH: 'The value of a demand is not the cost of one more unit at these prices (amount: the difference).',
  OBJECTIVE_MISMATCH: 'The objective is not the nearest double to that of the flow (amount: the difference).',
  BOUND_MISMATCH: 'The bound is not the nearest double to what the prices prove (amount: the difference).',
  GAP_MISMATCH: 'The gap is not the nearest double to the distance of objective and bound (amount: the difference).',
  TOLERANCE_MISMATCH: 'The tolerance is not the one of this problem and answer (amount: the difference).',
  STATUS_MISMATCH: 'The status does not follow from completeness, gap and tolerance (amount: the gap).',
  WITNESS_INVALID:
    'The witness does not prove that no answer exists, or stands where none belongs (amount: needed - available, NaN when malformed).',
} as const;

export type ViolationCode = keyof typeof VIOLATION_CODES;

export interface Violation {
  code: ViolationCode;
  /** Field of the solution the violation is in, where the code does not say it. */
  field?: string;
  demand?: number;
  node?: number;
  arc?: number;
  amount: number;
}

/** Most violations kept of one code, so that a wholly wrong answer does not bury the first cause or fill the memory. */
const MOST_OF_ONE_CODE = 100;

export class Findings {
  readonly violations: Violation[] = [];
  readonly #counts = new Map<ViolationCode, number>();

  report(code: ViolationCode, amount: number, place: Omit<Violation, 'code' | 'amount'> = {}): void {
    const seen = this.#counts.get(code) ?? 0;
    this.#counts.set(code, seen + 1);
    if (seen < MOST_OF_ONE_CODE) this.violations.push({ code, ...place, amount });
  }

  get none(): boolean {
    return this.violations.length === 0;
  }
}
