/** Files that are no network, given to the command as a process of its own. */
import { afterAll, expect, test } from 'vitest';
import { Folder, outbid } from './run-cli.js';

const folder = new Folder();
afterAll(() => folder.remove());

test('a network nested deeper than JSON can be written is refused with its field, not with a crash', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const network = folder.file('network.json', `{"format":"outbid-network","version":1,"nodes":${deep}}`);
  const requests = folder.file('requests.json', '{"format":"outbid-requests","version":1,"requests":[]}');
  const { code, stdout } = outbid(['match', network, requests, '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'NETWORK_INVALID', field: 'nodes[0]' });
});

test('an empty file or standard input is called empty, as by the other commands', () => {
  const network = folder.file('nodes.json', '{"format":"outbid-network","version":1,"nodes":[]}');
  for (const input of ['', ' \n']) {
    const { code, stderr } = outbid(['match', network, '-'], input);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'outbid: FILE_FORMAT: standard input, line 1: the file is empty\n' });
  }
});

test.each([
  ['match', ['', 'requests.json'], 'NETWORK'],
  ['match', ['network.json', ''], 'REQUESTS'],
  ['solve', [''], 'FILE'],
])('outbid %s %j: an empty word, as a variable that is not set leaves, is no file', (command, words, operand) => {
  const { code, stderr } = outbid([command, ...words]);
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`^outbid: USAGE: outbid ${command} needs ${operand}, which is given as an empty word`));
});
