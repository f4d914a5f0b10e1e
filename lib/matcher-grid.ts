/**
 * The grid a matcher works on and the range it may use. Whole-number costs are their own grid. With the first cost that is none the
 * market goes over to multiples of `step`, a power of two: that is exact for the state it has; costs that are no multiples are rounded.
 *
 * With C the largest absolute cost on the grid, 2C (min(units, nodes) + 1) <= 2^49 keeps every path and price exact, and
 * units * C <= 2^53 every objective.
 */
import { GRID_LIMIT } from './backend/engine.js';
import { OutbidError } from './errors.js';
import { scale } from './reference/grid.js';

export class MatcherGrid {
  /** Costs count in units of 2^-exponent. */
  exponent = 0;
  /** Some cost is, or was, no multiple of the step. */
  rounded = false;
  largest = 0;
  /** The most that 2C (min(units, nodes) + 1) has been, on the grid it has. */
  range = 0;
  /** Units of all demands. */
  units = 0;
  readonly stepExponent: number;

  constructor(step: unknown) {
    this.stepExponent = step === undefined ? 20 : -Math.log2(step as number);
    if (!Number.isInteger(this.stepExponent) || this.stepExponent < 0 || this.stepExponent > 40)
      throw new OutbidError('OPTION_INVALID', `step must be a power of two from 2^-40 to 1, not ${String(step)}`, {
        option: 'step',
        value: step,
      });
  }

  /**
   * What new costs would make of the grid; nothing is changed. `nodes` and `units` are those there would be, `again` the largest cost
   * among those there are, asked for only when the largest ever seen is too large.
   * @throws OutbidError COST_RANGE
   */
  check(
    costs: Float64Array[],
    units: number,
    nodes: number,
    again: () => number,
  ): { exponent: number; largest: number; rounded: boolean; range: number } {
    let most = 0;
    let whole = true;
    let onStep = true;
    const step = 2 ** this.stepExponent;
    for (const list of costs) {
      for (let k = 0; k < list.length; k++) {
        const cost = list[k];
        if (cost === Number.POSITIVE_INFINITY) continue;
        most = Math.max(most, Math.abs(cost));
        if (Number.isInteger(cost)) continue;
        whole = false;
        onStep &&= Number.isInteger(cost * step);
      }
    }
    const exponent = whole ? this.exponent : this.stepExponent;
    const rangeOf = (largest: number): number => 2 * scale(largest, exponent) * (Math.min(units, nodes) + 1);
    const fits = (largest: number): boolean => rangeOf(largest) <= GRID_LIMIT && units * largest <= 2 ** 53;
    let largest = Math.max(this.largest, most);
    if (!fits(largest)) {
      largest = Math.max(most, again());
      if (!fits(largest))
        throw new OutbidError(
          'COST_RANGE',
          `costs up to ${largest} with ${units} units and ${nodes} nodes exceed the exact range of a matcher${
            exponent === 0 ? '' : ` that counts in steps of 2^-${exponent}; choose a larger step`
          }`,
          { argument: 'costs', value: largest },
        );
    }
    return { exponent, largest, rounded: this.rounded || !onStep, range: Math.max(this.range, rangeOf(largest)) };
  }
}
