/**
 * Nodes and requests of an inference network, as plain data.
 *
 * A slot is one request of mean size that a node can start during the batch: a request takes exactly one slot, whatever its
 * tokens. Token counts enter the cost, not the capacity. Every default is stated at its field; a field that is not listed
 * here is an error (NETWORK_INVALID), so that a misspelt constraint is never silently dropped.
 */

/** The mode of a request or a node that names none: plain inference, nothing proven. Modes are an open set of strings. */
export const DEFAULT_MODE = 'VANILLA';

/** Where figures of a file come from. */
export interface Source {
  what: string;
  from: string;
  licence?: string;
}

/** Tokens per second of a whole node that does nothing else, at full batch. */
export interface TokenRate {
  /** Prompt tokens per second, > 0. */
  input: number;
  /** Generated tokens per second, > 0. */
  output: number;
}

/** One published (or estimated) rate: what `gpus` GPUs of kind `gpu` do with `model`. */
export interface Throughput extends TokenRate {
  model: string;
  gpu: string;
  /** Default 1. */
  gpus?: number;
  source?: string;
}

export interface Mode {
  /** How many times the plain service time a request in this mode takes, > 0 (default 1). */
  serviceMultiplier?: number;
  source?: string;
}

export interface NetworkNode {
  /** Unique within the network. */
  id: string;
  operator: string;
  region: string;
  gpu: string;
  /** Default 1. */
  gpus?: number;
  /** Models hosted: loaded and ready. */
  models: string[];
  /** Verification modes the node can run (default ['VANILLA']). */
  modes?: string[];
  /** Requests of mean size it can start during the batch: a whole number, 0 or more. */
  slots: number;
  /** USD per hour for the whole node. */
  price: number;
  /** Sequences it runs at once, > 0 (default 1). It stretches the service time of one request, not the node's capacity. */
  concurrency?: number;
  /** Rates of this node by model; they come before the network's `throughput`. */
  tokensPerSecond?: Record<string, TokenRate>;
}

export interface Network {
  name?: string;
  sources?: Source[];
  notes?: string[];
  /** Rates by model, GPU kind and GPU count (default: none; then every node needs its own tokensPerSecond). */
  throughput?: Throughput[];
  /** Modes and their multipliers. When given, nodes may only name modes listed here (default: any mode, multiplier 1). */
  modes?: Record<string, Mode>;
  /** Round trip between regions in milliseconds; one direction is enough. Within a region the default is 0. */
  latencyMs?: Record<string, Record<string, number>>;
  /** Round trip between two regions that latencyMs does not list, in milliseconds (default 150). */
  defaultLatencyMs?: number;
  nodes: NetworkNode[];
}

export interface InferenceRequest {
  /** Unique within the batch. */
  id: string;
  model: string;
  /** Verification mode it must be run in (default 'VANILLA'). */
  mode?: string;
  /** Region it comes from, for latency (default: unknown, no latency term). */
  region?: string;
  /** Regions that may process it (default: all). */
  residency?: string[];
  /** Prompt tokens, a whole number, 0 or more. */
  inputTokens: number;
  /** Tokens it is expected to generate, a whole number, 0 or more. */
  outputTokens: number;
  /** Most the price term may be, in USD (default: no limit). */
  maxPrice?: number;
  /** What leaving it unserved costs, in USD (default: the batch's unservedCost). */
  unservedCost?: number;
  /** Arrival, in seconds from the start of the batch (default 0). The joint matching does not use it; policies do. */
  at?: number;
  /** Who sends it; sticky policies keep a client on its node (default: the request's own id). */
  client?: string;
}

export interface RequestBatch {
  name?: string;
  sources?: Source[];
  notes?: string[];
  requests: InferenceRequest[];
}

/** A node, a network and a request after the checks: every default filled in. */
export type CheckedNode = Required<NetworkNode>;
export type CheckedRequest = Required<Omit<InferenceRequest, 'region' | 'residency' | 'unservedCost'>> &
  Pick<InferenceRequest, 'region' | 'residency' | 'unservedCost'>;
export interface CheckedNetwork extends Omit<Network, 'nodes'> {
  latencyMs: Record<string, Record<string, number>>;
  defaultLatencyMs: number;
  nodes: CheckedNode[];
}
