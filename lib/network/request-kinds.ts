/**
 * Requests of one kind ask the same of a node, tokens and the region they come from aside. A kind is found by walking what a
 * request names, word by word, through a tree: no key is put together, and every word looked up is one that the request holds.
 *
 *     model, modes ..., END, regions ... or ANYWHERE     and, where it names nodes or labels:   END, those as JSON
 *
 * No name is empty or holds a NUL, so that no two asks spell the same way.
 */
import type { Requirement } from './eligibility.js';

const END = '';
const ANYWHERE = '\0';

/** Where the asks that begin alike part. */
interface Branch {
  /** Of the kind whose ask ends here; -1 where none does. */
  kind: number;
  next: Map<string, Branch> | undefined;
}

export class RequestKinds {
  readonly #root: Branch = { kind: -1, next: undefined };
  #count = 0;

  /** Kinds asked for so far: they are numbered from 0. */
  get count(): number {
    return this.#count;
  }

  of({ model, mode, residency, allow, deny, pinned, labels }: Requirement): number {
    let branch = after(this.#root, model);
    for (let k = 0; k < mode.length; k++) branch = after(branch, mode[k]);
    branch = after(branch, END);
    if (residency === undefined) branch = after(branch, ANYWHERE);
    else for (let k = 0; k < residency.length; k++) branch = after(branch, residency[k]);
    if ((allow ?? deny ?? pinned ?? labels) !== undefined)
      branch = after(after(branch, END), JSON.stringify([allow, deny, pinned, labels]));
    if (branch.kind < 0) branch.kind = this.#count++;
    return branch.kind;
  }
}

function after(branch: Branch, word: string): Branch {
  branch.next ??= new Map();
  let next = branch.next.get(word);
  if (next === undefined) {
    next = { kind: -1, next: undefined };
    branch.next.set(word, next);
  }
  return next;
}
