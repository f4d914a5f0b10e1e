/**
 * The best complete answer seen so far, for runs that a deadline may end: phases improve it as a rule, but the middle of a phase can
 * be worse than the end of the one before. Placements and prices are kept apart: the cheapest placements and the prices of the
 * highest bound need not come from the same moment, and any prices prove a bound for any placements.
 *
 * What is kept is in the caller's units and exact, so answers of different levels compare; the native core keeps whole numbers of
 * one level and forgets them at the next.
 */
import { type Answer, certify } from './certificate.js';
import type { Classes } from './classes.js';
import type { Nodes } from './nodes.js';

export class Best {
  readonly #classes: Classes;
  readonly #nodes: Nodes;
  readonly #integer: boolean;
  #cheapest: Answer | undefined;
  #highest: Answer | undefined;

  constructor(classes: Classes, nodes: Nodes, integer: boolean) {
    this.#classes = classes;
    this.#nodes = nodes;
    this.#integer = integer;
  }

  /** Remembers an answer's placements and prices where they are better than what is kept. Incomplete answers are passed over. */
  note(answer: Answer): void {
    if (!answer.proof.complete) return;
    if (this.#cheapest === undefined || answer.proof.primal < this.#cheapest.proof.primal) this.#cheapest = answer;
    if (this.#highest === undefined || answer.proof.dual > this.#highest.proof.dual) this.#highest = answer;
  }

  /** The answer with what is kept in place of what is worse, proven anew. */
  restore(answer: Answer): Answer {
    const cheapest = this.#cheapest !== undefined && this.#cheapest.proof.primal < answer.proof.primal ? this.#cheapest : answer;
    const highest = this.#highest !== undefined && this.#highest.proof.dual > answer.proof.dual ? this.#highest : answer;
    if (cheapest === highest) return cheapest;
    const { flow, unserved, unplaced } = cheapest;
    const { prices } = highest;
    return { flow, unserved, unplaced, prices, proof: certify(this.#classes, this.#nodes, cheapest, prices, this.#integer) };
  }
}
