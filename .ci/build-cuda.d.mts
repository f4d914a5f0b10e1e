export const PLUGIN: string;
export const REPORT: string;
export const COMMITTED: string;
export function cudaMissing(): string | undefined;
export function buildCuda(options?: { architectures?: string; targets?: string[] }): { ok: boolean; log: string };
export function resourceReport(log: string): string | undefined;
export function nvccVersion(): string;
