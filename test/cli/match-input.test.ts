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
