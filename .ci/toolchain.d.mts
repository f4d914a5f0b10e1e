export const ROOT: string;
export function onPath(name: string): string | undefined;
export function compiler(): string | undefined;
export function nodeHeaders(): string | undefined;
export function nativeTool(): { tool: 'cmake-js' | 'node-gyp' | 'none'; reason?: string; found: Record<string, string | undefined> };
