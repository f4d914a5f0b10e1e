import { describe, expect, test } from 'vitest';
import { matchBatch } from '../../../lib/network/index.js';
import { type InferenceCall, InferenceMode, requestFromCall } from '../../../lib/network/opengradient/index.js';
import { node } from '../small-network.js';

const TEE = `0x${'Ab'.repeat(32)}`;
const CALL: InferenceCall = { mode: InferenceMode.TEE, modelCID: 'm', max_tokens: 400, messages: [{ role: 'user' }], temperature: 70 };

test('modes are numbered as the contract numbers them', () => {
  expect(InferenceMode).toEqual({ VANILLA: 0, ZKML: 1, TEE: 2 });
  const modes = ([0, 1, 2] as const).map((mode) => requestFromCall({ ...CALL, mode }, { id: 'q', inputTokens: 5 }).mode);
  expect(modes).toEqual(['VANILLA', 'ZKML', 'TEE']);
});

test('a call and what is supplied beside it make one request', () => {
  expect(requestFromCall(CALL, { id: 'q', inputTokens: 50, region: 'us', tenant: 't' })).toEqual({
    id: 'q',
    inputTokens: 50,
    region: 'us',
    tenant: 't',
    model: 'm',
    mode: 'TEE',
    outputTokens: 400,
  });
  expect(requestFromCall(CALL, { id: 'q', inputTokens: 50, outputTokens: 90 }).outputTokens).toBe(90);
});

test('a prompt encrypted for a TEE is pinned to it: one arc, whatever another node would cost', async () => {
  const pinned = requestFromCall({ ...CALL, tee_id: TEE }, { id: 'q', inputTokens: 5 });
  expect(pinned.pinned).toBe(TEE.toLowerCase());
  const nodes = [node({ id: TEE.toLowerCase(), modes: ['TEE'], price: 36 }), node({ id: 'cheap', modes: ['TEE'] })];
  const result = await matchBatch({ nodes }, [pinned, requestFromCall(CALL, { id: 'free', inputTokens: 5 })]);
  expect(result.placements.map((placement) => placement.node)).toEqual([TEE.toLowerCase(), 'cheap']);
  expect(result.built.problem.rowEnd(0) - result.built.problem.rowStart(0)).toBe(1);
});

test.each<[string | bigint | number, number | undefined, number, number]>([
  ['100000000000000000', undefined, 2, 0.2],
  [100_000_000_000_000_000n, 18, 2, 0.2],
  [250_000, 6, 1, 0.25],
  ['0', undefined, 5, 0],
])('a payment cap of %s atomic units with %s decimals at %d USD is a maxPrice of %d USD', (amount, decimals, usdPerToken, usd) => {
  const x402 = { amount, decimals, usdPerToken };
  expect(requestFromCall({ ...CALL, x402 }, { id: 'q', inputTokens: 5 }).maxPrice).toBeCloseTo(usd, 15);
});

describe('what is wrong is refused with its field', () => {
  const facts = { id: 'q', inputTokens: 5 };
  test.each<[string, object, object, string]>([
    ['a mode there is not', { mode: 3 }, {}, 'call.mode'],
    ['a mode by name', { mode: 'TEE' }, {}, 'call.mode'],
    ['no model', { modelCID: undefined }, {}, 'call.modelCID'],
    ['no tokens to expect', { max_tokens: undefined }, {}, 'call.max_tokens'],
    ['a tee_id that is no hexadecimal text', { tee_id: `0x${'zz'.repeat(32)}` }, {}, 'call.tee_id'],
    ['a tee_id that is too short', { tee_id: '0xab' }, {}, 'call.tee_id'],
    ['an unknown field', { teeId: TEE }, {}, 'call.teeId'],
    ['a cap with a point', { x402: { amount: '0.1', usdPerToken: 1 } }, {}, 'call.x402.amount'],
    ['a cap without a rate', { x402: { amount: '1' } }, {}, 'call.x402.usdPerToken'],
    ['no prompt tokens', {}, { inputTokens: undefined }, 'supplied.inputTokens'],
    ['an unknown field beside it', {}, { prioritty: 1 }, 'supplied.prioritty'],
    ['a field that comes from the call', {}, { pinned: TEE }, 'supplied.pinned'],
  ])('%s', (_, call, supplied, field) => {
    expect(() => requestFromCall({ ...CALL, ...call } as never, { ...facts, ...supplied } as never)).toThrow(
      expect.objectContaining({ code: 'NETWORK_INVALID', field }),
    );
  });
});
