/** Money and lists in sentences, to the last micro-USD: what is said must be what was counted. */

/** 58900 -> 0.0589 USD; exact for whole micro-USD. */
export function inUsd(micro: number): string {
  if (!Number.isFinite(micro)) return `${micro} USD`;
  const whole = Math.abs(Math.round(micro));
  const part = String(whole % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const text = `${Math.floor(whole / 1_000_000)}${part === '' ? '' : `.${part}`} USD`;
  return micro < 0 && whole > 0 ? `-${text}` : text;
}

/** a; a and b; a, b and c. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
