/**
 * From a call of the inference contract or an SDK to a request of a batch.
 *
 *     mode      the request's mode, exactly: 0 VANILLA, 1 ZKML, 2 TEE
 *     modelCID  its model
 *     tee_id    its pinned node. A prompt encrypted (HPKE, OHTTP) to one TEE's key can be read by that TEE alone, so the request
 *               has one arc, takes a slot there, and never moves
 *     x402      its maxPrice: the most that the payment authorised may come to
 */
import { checkRequest } from '../check-requests.js';
import { FieldReader } from '../field-reader.js';
import type { InferenceRequest } from '../model.js';
import { readHex } from './chain-values.js';

/** As the SDK and the contract number them (OpenGradient-SDK: src/opengradient/types.py). */
export const InferenceMode = { VANILLA: 0, ZKML: 1, TEE: 2 } as const;

export type InferenceMode = (typeof InferenceMode)[keyof typeof InferenceMode];

/** Decimals of OPG, the token that x402 payments are made in. */
export const OPG_DECIMALS = 18;

/** A payment cap, as `exact` and `upto` carry it, with the rate that turns it into USD. */
export interface PaymentCap {
  /** Atomic units: a whole number, as text, bigint or number. Where one cap covers a session, what is left of it. */
  amount: string | bigint | number;
  /** Default 18. */
  decimals?: number;
  /** USD per whole token; from a source of your own. */
  usdPerToken: number;
}

/** The fields of a call: those of runLLMChat and runLLMCompletion. What the matching has no use for is passed over. */
export interface InferenceCall {
  mode: InferenceMode;
  /** The model's content id; for `run`, its modelId. */
  modelCID: string;
  /** Most tokens to generate: what the request is expected to generate unless that is supplied. */
  max_tokens?: number;
  /** The TEE the prompt is encrypted for (default: not encrypted yet, any node). */
  tee_id?: string;
  x402?: PaymentCap;
  messages?: unknown;
  prompt?: unknown;
  tools?: unknown;
  tool_choice?: unknown;
  stop_sequence?: unknown;
  temperature?: unknown;
}

/** What no call carries: the id, the prompt's tokens, and any other field of a request. */
export type RequestFacts = Omit<InferenceRequest, 'model' | 'mode' | 'pinned' | 'maxPrice' | 'outputTokens'> & { outputTokens?: number };

const MAX_TOKENS = 2 ** 31 - 1;
const CALL_FIELDS: readonly (keyof InferenceCall)[] = [
  'mode',
  'modelCID',
  'max_tokens',
  'tee_id',
  'x402',
  'messages',
  'prompt',
  'tools',
  'tool_choice',
  'stop_sequence',
  'temperature',
];
const CAP_FIELDS: readonly (keyof PaymentCap)[] = ['amount', 'decimals', 'usdPerToken'];
const FROM_CALL = ['model', 'mode', 'pinned', 'maxPrice'] as const;

/** Throws NETWORK_INVALID with the field's path: `call.mode`, `supplied.inputTokens`. */
export function requestFromCall(call: InferenceCall, supplied: RequestFacts): InferenceRequest {
  const reader = new FieldReader(call, 'call');
  reader.only(CALL_FIELDS);
  const facts = new FieldReader(supplied, 'supplied');
  for (const field of FROM_CALL) if (facts.has(field)) throw facts.fail(`supplied.${field}`, facts.raw(field), 'comes from the call');
  const request: InferenceRequest = {
    ...supplied,
    model: reader.string('modelCID'),
    mode: modeName(reader, 'mode'),
    outputTokens: supplied.outputTokens ?? reader.number('max_tokens', { whole: true, max: MAX_TOKENS }),
  };
  if (reader.has('tee_id')) request.pinned = readHex(reader, 'tee_id', 32);
  if (reader.has('x402')) request.maxPrice = usdOf(reader.inner('x402'));
  checkRequest(request, 'supplied');
  return request;
}

function modeName(reader: FieldReader, field: string): string {
  const value = reader.raw(field);
  const name = Object.entries(InferenceMode).find(([, mode]) => mode === value)?.[0];
  if (name === undefined) throw reader.error(field, value, '0 (VANILLA), 1 (ZKML) or 2 (TEE)');
  return name;
}

function usdOf(cap: FieldReader): number {
  cap.only(CAP_FIELDS);
  const amount = cap.raw('amount');
  const whole =
    (typeof amount === 'bigint' && amount >= 0n) ||
    (typeof amount === 'string' && /^\d+$/.test(amount)) ||
    (typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0);
  if (!whole) throw cap.error('amount', amount, 'a whole number of atomic units, 0 or more, as text, bigint or number');
  const decimals = cap.optionalNumber('decimals', { whole: true, max: 77 }) ?? OPG_DECIMALS;
  return (Number(amount) / 10 ** decimals) * cap.number('usdPerToken');
}
