/** Numbers as people read them. The same on every machine and locale: the output is text that gets compared. */

/** 12345.6 -> 12,346 with 0 decimals; NaN and the infinities by name. */
export function grouped(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return String(value);
  const text = Math.abs(value).toFixed(decimals);
  const [whole, part] = text.split('.');
  const body = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part === undefined ? '' : `.${part}`);
  return value < 0 && Number(text) !== 0 ? `-${body}` : body;
}

/** A share of 1 as a percentage with one decimal; a dash when there is nothing to take a share of. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${grouped((100 * part) / whole, 1)}%`;
}

/** Micro-USD as USD with four decimals, or six below a cent. */
export function usd(micro: number): string {
  if (!Number.isFinite(micro)) return String(micro);
  return `${grouped(micro / 1e6, micro !== 0 && Math.abs(micro) < 10_000 ? 6 : 4)} USD`;
}

/** Milliseconds with a precision that fits their size. */
export function milliseconds(value: number): string {
  return value >= 10_000 ? `${grouped(value / 1000, 1)} s` : `${grouped(value, value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** 1 node, 2 nodes. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
