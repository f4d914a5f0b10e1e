/** A copy without the limits that are none: infinite ones, which JSON cannot say and the checks fill in again. */
export function writable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writable);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== Number.POSITIVE_INFINITY && field !== undefined);
  return Object.fromEntries(kept.map(([name, field]) => [name, writable(field)]));
}
