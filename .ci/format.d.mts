export function nativeFiles(): string[];
export function biome(write: boolean): { ok: boolean; log: string };
export function clangFormat(write: boolean): { ok: boolean; log: string };
