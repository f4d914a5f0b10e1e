/** The keywords of JSON Schema that the package's schemas use; any other is an error, so that none is passed over. */

export type Schema = Record<string, unknown>;

const WORDS = ['$schema', '$id', '$defs', 'title', 'description', 'default'];

/** Whether a value fits a schema whose references point into `root`. */
export function fits(root: Schema, value: unknown, schema: Schema = root): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (WORDS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`this validator does not know ${keyword}`);
    return check(value, rule, (inner, part) => fits(root, inner, part), { root, schema });
  });
}

/** The part of a schema that a reference points to. */
export function resolve(root: Schema, reference: string): Schema {
  return (root.$defs as Record<string, Schema>)[reference.slice('#/$defs/'.length)];
}

type Check = (
  value: unknown,
  rule: unknown,
  inside: (value: unknown, schema: Schema) => boolean,
  where: { root: Schema; schema: Schema },
) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const number =
  (check: (value: number, bound: number) => boolean): Check =>
  (value, rule) =>
    typeof value !== 'number' || check(value, rule as number);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
};

const KEYWORDS: Record<string, Check> = {
  $ref: (value, rule, inside, { root }) => inside(value, resolve(root, rule as string)),
  type: (value, rule) => TYPES[rule as string](value),
  const: (value, rule) => value === rule,
  enum: (value, rule) => (rule as unknown[]).includes(value),
  oneOf: (value, rule, inside) => (rule as Schema[]).filter((part) => inside(value, part)).length === 1,
  properties: (value, rule, inside) =>
    !isObject(value) ||
    Object.entries(rule as Record<string, Schema>).every(([name, part]) => !(name in value) || inside(value[name], part)),
  required: (value, rule) => !isObject(value) || (rule as string[]).every((name) => name in value),
  additionalProperties: (value, rule, inside, { schema }) =>
    !isObject(value) ||
    Object.keys(value)
      .filter((name) => !Object.hasOwn((schema.properties ?? {}) as object, name))
      .every((name) => rule !== false && inside(value[name], rule as Schema)),
  items: (value, rule, inside) => !Array.isArray(value) || value.every((entry) => inside(entry, rule as Schema)),
  uniqueItems: (value) => !Array.isArray(value) || new Set(value).size === value.length,
  minimum: number((value, bound) => value >= bound),
  exclusiveMinimum: number((value, bound) => value > bound),
  maximum: number((value, bound) => value <= bound),
  minLength: (value, rule) => typeof value !== 'string' || value.length >= (rule as number),
  pattern: (value, rule) => typeof value !== 'string' || new RegExp(rule as string, 'u').test(value),
};
