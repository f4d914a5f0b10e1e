/**
 * Nodes and requests of an inference network, as plain data.
 *
 * A slot is one request of mean size that a node can run at a time (or start during the batch; the caller decides, and counts
 * accordingly): a request takes exactly one slot, whatever its tokens. Token counts enter the cost, not the capacity. Every
 * default is stated at its field; a field that is not listed here is an error (NETWORK_INVALID), so that a misspelt constraint
 * is never silently dropped.
 */

/** The mode of a request or a node that names none: plain inference, nothing proven. Modes are an open set of strings. */
export const DEFAULT_MODE = 'VANILLA';

/** Where figures of a file come from. */
export interface Source {
  /** Which figures. */
  what: string;
  /** Where they are published. */
  from: string;
  /** Their licence (default: not stated). */
  licence?: string;
}

/** Tokens per second of a whole node that does nothing else, at full batch. */
export interface TokenRate {
  /** Prompt tokens per second, > 0. */
  input: number;
  /** Generated tokens per second, > 0. */
  output: number;
}

/** What a node is paid per token, in USD, where it is not paid by the hour. */
export interface TokenPrice {
  /** USD per prompt token. */
  input: number;
  /** USD per generated token. */
  output: number;
}

/** One published (or estimated) rate: what `gpus` GPUs of kind `gpu` do with `model`. */
export interface Throughput extends TokenRate {
  /** The model it is a rate of. */
  model: string;
  /** Kind of GPU. */
  gpu: string;
  /** How many of them together (default 1). */
  gpus?: number;
  /** Where the figures come from (default: not stated). */
  source?: string;
}

/** A verification mode. */
export interface Mode {
  /** How many times the plain service time a request in this mode takes, > 0 (default 1). */
  serviceMultiplier?: number;
  /** Where the figure comes from (default: not stated). */
  source?: string;
}

/** A block of a node's slots that cost something extra: congestion. Blocks are filled in order. */
export interface SlotTier {
  /** Slots of the block. */
  slots: number;
  /** USD per request that runs in this block, >= 0 and not below that of the block before. */
  surcharge: number;
}

/** up: takes work. draining: finishes what it runs, takes no more. down: runs nothing. */
export type NodeState = 'up' | 'draining' | 'down';

/** A machine, or a part of one, that serves requests. */
export interface NetworkNode {
  /** Unique within the network. */
  id: string;
  /** Who runs it. */
  operator: string;
  /** Where it stands. */
  region: string;
  /** Kind of GPU; finds the node's rates in `throughput` (default 'unknown'). */
  gpu?: string;
  /** How many of them (default 1). */
  gpus?: number;
  /** Models hosted: loaded and ready. */
  models: string[];
  /** Models it can run after loading them: seconds of loading by model (default: none). */
  loadable?: Record<string, number>;
  /** Verification modes the node can run (default ['VANILLA']). */
  modes?: string[];
  /** Slots in all, those in use included: a whole number, 0 or more. */
  slots: number;
  /** Slots in use by work that is not part of the batch (default 0). */
  inFlight?: number;
  /** The last slots, kept free (default 0). */
  headroom?: number;
  /** USD a request must be ready to pay extra to run in the headroom (default: nobody may). */
  headroomCost?: number;
  /** Blocks of slots with surcharges, adding up to `slots` (default: one block, no surcharge). */
  tiers?: SlotTier[];
  /** USD per hour for the whole node. */
  price: number;
  /** USD per token by model; the price term then counts tokens, not the node's time (default: by the hour). */
  tokenPrices?: Record<string, TokenPrice>;
  /** Sequences it runs at once, > 0 (default 1). It stretches the service time of one request, not the node's capacity. */
  concurrency?: number;
  /** Rates of this node by model, hosted or loadable, before those of the network (default: the network's `throughput`). */
  tokensPerSecond?: Record<string, TokenRate>;
  /** Round trip in milliseconds from regions requests come from; before the network's `latencyMs` (default: none). */
  latencyMs?: Record<string, number>;
  /** Prompt tokens held in its cache, by prefix or session (default: none). */
  cached?: Record<string, number>;
  /** For label filters (default: none). */
  labels?: Record<string, string>;
  /** up takes work, draining finishes what it runs and takes no more, down runs nothing (default 'up'). */
  state?: NodeState;
  /** How well it is spoken of, from 0 to 1 (default 1). */
  reputation?: number;
  /** When it joined, in seconds on the clock of the requests' `at` (default 0). */
  joinedAt?: number;
}

/**
 * A bound on the slots in use: by the requests of a tenant, or on the nodes of an operator or region. In a batch, by its units; work in
 * flight does not count. In a running Network, by all that is in flight.
 */
export interface GroupLimit {
  /** The group: the nodes of this operator. Exactly one of operator, region and tenant names it (default: one of the others). */
  operator?: string;
  /** The group: the nodes of this region (default: one of the others names it). */
  region?: string;
  /** The group: the requests of this tenant (default: one of the others names it). */
  tenant?: string;
  /** Most slots (default: no cap). */
  cap?: number;
  /** Fewest slots, as far as demand and the other constraints allow (default 0). */
  floor?: number;
}

/** A network: its nodes, and what they share. */
export interface NetworkData {
  /** For the reader (default: none). */
  name?: string;
  /** For the reader (default: none). */
  sources?: Source[];
  /** For the reader (default: none). */
  notes?: string[];
  /** Rates by model, GPU kind and GPU count (default: none; then every node needs its own tokensPerSecond). */
  throughput?: Throughput[];
  /** Modes and their multipliers. When given, nodes may only name modes listed here (default: any mode, multiplier 1). */
  modes?: Record<string, Mode>;
  /** Round trip between regions in milliseconds; one direction is enough. Within a region the default is 0. */
  latencyMs?: Record<string, Record<string, number>>;
  /** Round trip between two regions that latencyMs does not list, in milliseconds (default 150). */
  defaultLatencyMs?: number;
  /** Caps and floors (default: none). Groups of nodes with a limit must be nested or apart: a crossing is GROUPS_CROSS. */
  limits?: GroupLimit[];
  /** The nodes, in any order. */
  nodes: NetworkNode[];
}

/** Nodes named one by one or by operator. */
export interface NodeChoice {
  /** Ids of nodes (default: none). */
  nodes?: string[];
  /** Every node of these operators (default: none). */
  operators?: string[];
}

/** A request for inference. */
export interface InferenceRequest {
  /** Unique within the batch. */
  id: string;
  /** The model to run. */
  model: string;
  /** Verification modes it may be run in, any of them (default 'VANILLA'). */
  mode?: string | string[];
  /** Region it comes from, for latency (default: unknown, no latency term). */
  region?: string;
  /** Regions that may process it (default: all). */
  residency?: string[];
  /** Only these nodes may run it: any that is named or whose operator is (default: all). */
  allow?: NodeChoice;
  /** These nodes may not (default: none). */
  deny?: NodeChoice;
  /** The one node that may run it, because it was encrypted for it (default: none). */
  pinned?: string;
  /** Labels a node must carry with this value, or one of these (default: none). */
  labels?: Record<string, string | string[]>;
  /** Prompt tokens, a whole number, 0 or more. */
  inputTokens: number;
  /** Tokens it is expected to generate, a whole number, 0 or more. */
  outputTokens: number;
  /** Most the node may be paid for it, in USD (default: no limit). */
  maxPrice?: number;
  /** Round trip, loading and service time together may take this long at most, in milliseconds (default: no limit). */
  deadlineMs?: number;
  /** 0 to 9: each step doubles the cost of leaving it unserved, unless unservedCost is given (default 0). */
  priority?: number;
  /** What leaving it unserved costs, in USD, per replica (default: the batch's unservedCost, doubled per step of priority). */
  unservedCost?: number;
  /** Arrival, in seconds from the start of the batch (default 0). Aging counts from it; policies place in its order. */
  at?: number;
  /** Who sends it; sticky policies keep a client on its node (default: the request's own id). */
  client?: string;
  /** Whose quota it counts against (default: nobody's). */
  tenant?: string;
  /** Shared prompt prefix: a node that has it cached earns a credit (default: none). */
  prefix?: string;
  /** Session: likewise (default: none). */
  session?: string;
  /** Node that ran it or its session before: every other node costs the migration weight more (default: none). */
  previousNode?: string;
  /** How many distinct nodes shall run it, 1 to 64, for verification by re-execution; each is served on its own (default 1). */
  replicas?: number;
  /** Whether replicas need distinct operators, too (default 'node': distinct nodes). */
  distinct?: 'node' | 'operator';
  /** 0 for the first attempt, counted up by retries (default 0). */
  attempt?: number;
  /** USD extra by node id, may be negative (default: none). */
  extraCost?: Record<string, number>;
}

/** Requests that are matched together. */
export interface RequestBatch {
  /** For the reader (default: none). */
  name?: string;
  /** For the reader (default: none). */
  sources?: Source[];
  /** For the reader (default: none). */
  notes?: string[];
  /** The requests, in any order. */
  requests: InferenceRequest[];
}

/** A node, a network and a request after the checks: defaults filled in where there is one. */
export type CheckedNode = Required<Omit<NetworkNode, 'tiers'>> & Pick<NetworkNode, 'tiers'>;
export type CheckedRequest = Omit<InferenceRequest, 'mode'> & { mode: string[] } & Required<
    Pick<InferenceRequest, 'maxPrice' | 'deadlineMs' | 'priority' | 'at' | 'client' | 'replicas' | 'distinct' | 'attempt'>
  >;
export interface CheckedNetwork extends Omit<NetworkData, 'nodes'> {
  latencyMs: Record<string, Record<string, number>>;
  defaultLatencyMs: number;
  limits: GroupLimit[];
  nodes: CheckedNode[];
}
