export interface Said {
  description: string;
  fields: Record<string, { description: string; required: boolean }>;
}
export function interfacesOf(source: string): Record<string, Said>;
export function schemas(source?: string): Record<string, string>;
export function schemaFile(name: string): string;
