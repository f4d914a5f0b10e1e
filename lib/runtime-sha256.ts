/**
 * SHA-256 as the runtime computes it, some ten times as fast as in JavaScript, where there is one that can be asked without an import:
 * the same module runs in a browser, where Sha256 takes its place.
 */
import { Sha256 } from './sha256.js';

export interface Hash {
  update(bytes: Uint8Array): unknown;
  /** Ends it. */
  hex(): string;
}

export function newHash(): Hash {
  const crypto = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:crypto');
  if (typeof crypto?.createHash !== 'function') return new Sha256();
  const hash = crypto.createHash('sha256');
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
}
