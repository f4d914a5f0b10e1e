export const ERRORS_PAGE: string;
export function errorsPage(
  codes: Record<string, { exit: number; meaning: string }>,
  violations: Record<string, string>,
  unavailable: Record<string, string>,
): string;
