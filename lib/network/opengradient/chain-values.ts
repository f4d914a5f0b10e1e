/** Values as chain clients hand them over: hexadecimal text for bytes and addresses, bigint or number for integers. */
import type { FieldReader } from '../field-reader.js';

/** Bytes as 0x and two digits each, in lower case, so that equal ones compare equal. Error: NETWORK_INVALID with the field. */
export function readHex(reader: FieldReader, field: string, bytes?: number): string {
  const value = reader.raw(field);
  const size = bytes === undefined ? '' : `${bytes} `;
  if (!isHex(value, bytes)) throw reader.error(field, value, `${size}bytes in hexadecimal, as in 0x00ff`);
  return value.toLowerCase();
}

export function isHex(value: unknown, bytes?: number): value is string {
  return typeof value === 'string' && /^0x([0-9a-f]{2})*$/i.test(value) && (bytes === undefined || value.length === 2 + 2 * bytes);
}

/** A whole number of at least 0 that a double holds exactly, given as number or bigint. Error: NETWORK_INVALID with the field. */
export function readWhole(reader: FieldReader, field: string): number {
  const value = reader.raw(field);
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw reader.error(field, value, 'a whole number from 0 to 2^53 - 1, as number or bigint');
  return number;
}
