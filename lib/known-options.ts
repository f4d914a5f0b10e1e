/** Options by name: what is misspelt is refused, and never silently without effect. */
import { OutbidError } from './errors.js';
import { nearest } from './nearest-name.js';

/**
 * Options with no name but these; undefined counts as none.
 *
 * @throws OutbidError TYPE_INVALID; UNKNOWN_OPTION with the name that may have been meant
 */
export function knownOptions(options: unknown, names: readonly string[]): object {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null)
    throw new OutbidError('TYPE_INVALID', `options must be an object, not ${options === null ? 'null' : typeof options}`, {
      argument: 'options',
    });
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const close = nearest(name, names);
    const hint = close === undefined ? `known are ${names.join(', ')}` : `did you mean '${close}'?`;
    throw new OutbidError('UNKNOWN_OPTION', `there is no option '${name}'; ${hint}`, { option: name, nearest: close });
  }
  return options;
}
