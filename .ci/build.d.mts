export function dropForeignCache(folder: string): void;
