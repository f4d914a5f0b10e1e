/**
 * Writes network.json and requests.json: 280 nodes, and the requests of one busy minute. Seeded and free of any input file:
 * running it again gives the same bytes.
 *
 *     node examples/generate.mjs [folder]        folder: where to write, default the folder of this file
 *
 * What is published and what is assumed:
 *   - GPU kinds, GPUs per node and their proportions, prices and throughputs are published figures, cited in the files.
 *   - Token sizes are drawn from the quantiles below, and counts from the busy-minute rates below, both computed once over the
 *     Azure LLM inference traces (2023) and the Mooncake conversation trace. No row of a trace is in here.
 *   - Regions, operators, who hosts which model, round trips, the share of a node offered and the ZKML sizes are chosen.
 * Only + - * / and rounding are used, so the bytes do not depend on the machine.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SEED = 20250;

// ---- published statistics --------------------------------------------------------------------------------------------

const QUANTILES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Tokens at QUANTILES; perMinute: the 95th percentile of the trace's minutes; services: how many such services send here. */
const TRAFFIC = {
  conversation: {
    input: [2, 29, 181, 207, 396, 1020, 1189, 2734, 4083, 4142, 14050],
    output: [7, 16, 41, 54, 85, 129, 395, 424, 451, 601, 1000],
    perMinute: 467,
    services: 3,
    bursts: 0,
  },
  code: {
    input: [3, 17, 75, 147, 578, 1469, 2744, 5188, 7303, 7436, 7437],
    output: [6, 6, 6, 7, 9, 13, 24, 55, 90, 251, 1899],
    perMinute: 453,
    services: 2,
    bursts: 40,
  },
  'long context': {
    input: [891, 894, 901, 964, 2306, 6909, 15367, 27367, 39550, 85400, 126195],
    output: [1, 3, 10, 24, 156, 350, 472, 597, 698, 1119, 2000],
    perMinute: 238,
    services: 2,
    bursts: 0,
  },
  // Small models whose every answer is proven: sizes chosen, no trace exists.
  proven: {
    input: [16, 20, 32, 48, 96, 160, 256, 384, 480, 640, 900],
    output: [1, 1, 1, 1, 2, 4, 8, 12, 16, 16, 16],
    perMinute: 190,
    services: 1,
    bursts: 0,
  },
};

const TRT_1 = 'TensorRT-LLM docs, perf-overview.md @00f37686, output tokens/s at maximum load';
const TRT_0 = 'TensorRT-LLM docs, perf-overview.md, v0.13, output tokens/s at maximum load';

/** model, GPU, GPUs of one replica, precision, output tokens/s at 1000 in / 1000 out, at 2048 in / 128 out, source. */
const MEASURED = [
  ['Llama-3.1-8B', 'A100-80GB', 1, 'FP16', 3592.16, 796.17, TRT_0],
  ['Llama-3.1-8B', 'H100', 1, 'FP8', 15220, 3450, TRT_1],
  ['Llama-3.1-8B', 'H200', 1, 'FP8', 17744, 3538, TRT_1],
  ['Llama-3.1-8B', 'L40S', 1, 'FP8', 3648.21, 1000.9, TRT_0],
  ['Mistral-7B', 'A100-80GB', 1, 'FP16', 3794.31, 796, TRT_0],
  ['Mistral-7B', 'H100', 1, 'FP8', 14213.48, 3502.83, TRT_0],
  ['Mistral-7B', 'L40S', 1, 'FP8', 3972.63, 996.65, TRT_0],
  ['Llama-3.1-70B', 'A100-80GB', 8, 'FP16', 3013.95, 539.57, TRT_0],
  ['Llama-3.1-70B', 'H100', 8, 'FP8', 11121.1, 1964.49, TRT_0],
  ['Llama-3.1-70B', 'H200', 8, 'FP8', 12660.86, 2061.19, TRT_0],
  ['Llama-3.3-70B', 'H100', 2, 'FP8', 4205, 762, TRT_1],
  ['Llama-3.3-70B', 'H200', 1, 'FP8', 2909, 442, TRT_1],
  ['Llama-3.3-70B', 'B200', 1, 'FP4', 7007, 1339, TRT_1],
  ['Llama-3.3-70B', 'RTXPRO6000', 1, 'FP4', 1787, 393, TRT_1],
  ['Llama-3.1-405B', 'H100', 8, 'FP8', 2919, 453, TRT_1],
  ['Llama-3.1-405B', 'H200', 8, 'FP8', 3330, 456, TRT_1],
  ['Qwen3-235B-A22B', 'H200', 8, 'FP8', 23789, 3331, TRT_1],
  ['Qwen3-235B-A22B', 'B200', 8, 'FP4', 42391, 7329, TRT_1],
  ['Qwen3-30B-A3B', 'B200', 1, 'FP4', 25828, 6251, TRT_1],
  ['Qwen3-30B-A3B', 'RTXPRO6000', 1, 'FP4', 9910, 3257, TRT_1],
];

/** Memory bandwidth in GB/s and parameters in billions (data sheets, model cards): for rates that nobody published. */
const BANDWIDTH = { T4: 320, L4: 300, A10: 600, 'V100-16GB': 900, 'A100-40GB': 1555, 'A100-80GB': 2039 };
const PARAMETERS = { 'Llama-3.1-8B': 8.03, 'Mistral-7B': 7.25, 'Qwen2.5-0.5B': 0.494, 'GPT-2': 0.124 };

/** Published prices in USD per GPU hour; the provider in brackets. A node takes one of its kind's. */
const PRICES = {
  A10: [[0.75, 'Lambda']],
  'A100-80GB': [
    [1.79, 'Lambda'],
    [0.99, 'Seeweb'],
    [1.35, 'Hyperstack'],
    [1.39, 'RunPod'],
    [5.121, 'AWS on demand'],
  ],
  'A100-40GB': [
    [4.096, 'AWS on demand'],
    [1.844, 'AWS capacity block'],
  ],
  H100: [
    [2.95, 'Nebius'],
    [3.29, 'Lambda'],
    [2.4, 'Hyperstack'],
    [1.89, 'Seeweb'],
    [12.29, 'AWS on demand'],
    [4.916, 'AWS capacity block'],
  ],
  H200: [
    [3.5, 'Nebius'],
    [2.6, 'Seeweb'],
    [5.408, 'AWS capacity block'],
  ],
  B200: [[5.5, 'Nebius']],
  L40S: [
    [1.86, 'AWS on demand'],
    [1.5484, 'Nebius'],
    [0.85, 'Seeweb'],
  ],
  L4: [
    [0.8048, 'AWS on demand'],
    [0.38, 'Seeweb'],
  ],
  T4: [[0.526, 'AWS on demand']],
  'V100-16GB': [
    [3.06, 'AWS on demand'],
    [0.79, 'Lambda'],
  ],
  RTXPRO6000: [[1.25, 'Seeweb']],
};

/**
 * The fleet: GPU, GPUs per node, nodes, models it may host, sequences at once, share of the minute offered to this network.
 * Counts: first block, the proportions of Alibaba's 2026 spot fleet (H800 taken as H100, A800 as A100-80GB); second, Helix's 42-node
 * cluster; third, the proportions of Alibaba's 2023 openb fleet among its kinds with a price here; last, newer kinds, chosen.
 */
const FLEET = [
  ['A10', 1, 110, [['Llama-3.1-8B'], ['Mistral-7B'], ['Llama-3.1-8B', 'Mistral-7B'], ['Llama-3.1-8B', 'Qwen2.5-0.5B']], 16, 0.035],
  ['A100-80GB', 8, 20, [['Llama-3.1-70B']], 256, 0.17],
  ['H100', 8, 10, [['Llama-3.1-70B', 'Llama-3.1-405B'], ['Llama-3.1-70B', 'Llama-3.3-70B'], ['Llama-3.1-405B']], 256, 0.17],
  ['T4', 1, 10, [['GPT-2'], ['GPT-2', 'Qwen2.5-0.5B']], 16, 0.04],
  ['L4', 1, 8, [['Llama-3.1-8B'], ['Mistral-7B', 'Qwen2.5-0.5B']], 16, 0.05],
  ['V100-16GB', 1, 6, [['Qwen2.5-0.5B', 'GPT-2']], 16, 0.03],
  ['T4', 2, 6, [['GPT-2', 'Qwen2.5-0.5B']], 32, 0.03],
  ['A100-40GB', 1, 4, [['Llama-3.1-8B', 'Mistral-7B']], 64, 0.03],
  ['L4', 2, 4, [['Mistral-7B'], ['Llama-3.1-8B', 'Qwen2.5-0.5B']], 32, 0.05],
  ['T4', 4, 4, [['GPT-2', 'Qwen2.5-0.5B']], 64, 0.02],
  ['T4', 2, 24, [['GPT-2', 'Qwen2.5-0.5B'], ['GPT-2']], 32, 0.03],
  ['V100-16GB', 4, 2, [['Qwen2.5-0.5B', 'GPT-2']], 64, 0.01],
  ['V100-16GB', 1, 1, [['Qwen2.5-0.5B', 'GPT-2']], 16, 0.03],
  ['H100', 1, 24, [['Llama-3.1-8B'], ['Llama-3.1-8B', 'Mistral-7B']], 64, 0.009],
  ['H200', 1, 12, [['Llama-3.3-70B'], ['Llama-3.1-8B', 'Llama-3.3-70B']], 64, 0.24],
  [
    'H200',
    8,
    4,
    [
      ['Qwen3-235B-A22B', 'Llama-3.1-405B'],
      ['Qwen3-235B-A22B', 'Llama-3.1-70B'],
    ],
    256,
    0.25,
  ],
  ['B200', 8, 3, [['Qwen3-235B-A22B'], ['Llama-3.3-70B', 'Qwen3-30B-A3B']], 256, 0.06],
  ['L40S', 1, 10, [['Llama-3.1-8B', 'Mistral-7B'], ['Mistral-7B']], 64, 0.025],
  ['RTXPRO6000', 1, 10, [['Qwen3-30B-A3B']], 64, 0.02],
  ['RTXPRO6000', 1, 8, [['Llama-3.3-70B']], 64, 0.25],
];

/** GPUs with confidential computing: the only ones that can run a model inside an enclave. */
const CONFIDENTIAL = new Set(['H100', 'H200', 'B200', 'RTXPRO6000']);
/** Share of the confidential-computing nodes that have TEE set up, and of the T4 and V100 nodes that are provers (and nothing else). */
const TEE_SHARE = 0.6;
const PROVER_SHARE = 0.7;
const PROVER_GPUS = new Set(['T4', 'V100-16GB']);
/** A prover offers this many times the share of the minute below: proofs are what it is there for. */
const PROVER_OFFERS = 10;
/** One sequence generates at most a token in this many seconds, however idle the node is. */
const SECONDS_PER_TOKEN = 0.015;

const MODES = {
  VANILLA: { serviceMultiplier: 1 },
  TEE: { serviceMultiplier: 2, source: 'OpenGradient docs, verification: TEE 2-3 times plain inference' },
  ZKML: { serviceMultiplier: 1000, source: 'OpenGradient docs, verification: ZKML 100-1000 times plain inference' },
};

const REGIONS = { 'us-east': 0.3, 'us-west': 0.2, 'eu-west': 0.18, 'eu-central': 0.14, 'ap-southeast': 0.1, 'ap-northeast': 0.08 };
const LATENCY = {
  'us-east': { 'us-east': 2, 'us-west': 65, 'eu-west': 75, 'eu-central': 90, 'ap-southeast': 220, 'ap-northeast': 160 },
  'us-west': { 'us-west': 2, 'eu-west': 140, 'eu-central': 150, 'ap-southeast': 175, 'ap-northeast': 105 },
  'eu-west': { 'eu-west': 2, 'eu-central': 20, 'ap-southeast': 170, 'ap-northeast': 215 },
  'eu-central': { 'eu-central': 2, 'ap-southeast': 160, 'ap-northeast': 225 },
  'ap-southeast': { 'ap-southeast': 2, 'ap-northeast': 70 },
  'ap-northeast': { 'ap-northeast': 2 },
};
const OPERATORS = {
  aurora: 0.18,
  basalt: 0.15,
  cinder: 0.13,
  delta: 0.11,
  ember: 0.1,
  fjord: 0.09,
  granite: 0.08,
  harbor: 0.06,
  isthmus: 0.05,
  juniper: 0.05,
};

/** What each kind of traffic asks for: shares of model and of mode. */
const ASKS = {
  conversation: {
    models: {
      'Llama-3.1-8B': 0.34,
      'Mistral-7B': 0.2,
      'Llama-3.1-70B': 0.16,
      'Llama-3.3-70B': 0.12,
      'Llama-3.1-405B': 0.04,
      'Qwen3-235B-A22B': 0.06,
      'Qwen2.5-0.5B': 0.078,
      'DeepSeek-R1': 0.002,
    },
    modes: { VANILLA: 0.76, TEE: 0.24 },
  },
  code: {
    models: { 'Qwen3-30B-A3B': 0.35, 'Llama-3.1-8B': 0.3, 'Llama-3.3-70B': 0.2, 'Qwen3-235B-A22B': 0.15 },
    modes: { VANILLA: 0.8, TEE: 0.2 },
  },
  'long context': {
    models: { 'Llama-3.1-70B': 0.5, 'Llama-3.3-70B': 0.25, 'Qwen3-235B-A22B': 0.15, 'Llama-3.1-405B': 0.1 },
    modes: { VANILLA: 0.8, TEE: 0.2 },
  },
  proven: { models: { 'GPT-2': 0.7, 'Qwen2.5-0.5B': 0.3 }, modes: { ZKML: 0.98, TEE: 0.02 } },
};
/** Models that hardly any confidential GPU hosts: of the TEE requests for them this share stays, the rest ask for VANILLA. */
const NO_ENCLAVE = new Set(['Mistral-7B', 'Qwen2.5-0.5B']);
const NO_ENCLAVE_TEE = 0.02;
const EU = ['eu-west', 'eu-central'];
const EU_RESIDENCY = 0.35;
/** Share of requests with a price limit, and the limit in USD per million tokens, in and out alike. */
const LIMITED = 0.12;
const LIMITS = [0.05, 0.3, 1, 3, 10];
/** Share of requests that are dear to their sender, and what leaving one unserved costs in USD (the rest take the default). */
const URGENT = 0.08;
const URGENT_COST = 0.2;

// ---- drawing ---------------------------------------------------------------------------------------------------------

let state = SEED;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];
function weighted(shares) {
  const entries = Object.entries(shares);
  let left = random() * entries.reduce((sum, [, share]) => sum + share, 0);
  for (const [name, share] of entries) {
    left -= share;
    if (left < 0) return name;
  }
  return entries[entries.length - 1][0];
}
/** A draw from the distribution with these values at QUANTILES, straight lines between. */
function quantile(values) {
  const u = random();
  const k = QUANTILES.findIndex((q, i) => i > 0 && u < q);
  const share = (u - QUANTILES[k - 1]) / (QUANTILES[k] - QUANTILES[k - 1]);
  return Math.round(values[k - 1] + share * (values[k] - values[k - 1]));
}

// ---- rates: two published points give the seconds per prompt token and per generated token -----------------------------

/** Solves 1000 a + 1000 b = 1000 / first and 2048 a + 128 b = 128 / second for a (per prompt token) and b (per generated token). */
function solveRate(first, second) {
  const t1 = 1000 / first;
  const t2 = 128 / second;
  const a = (t2 - 0.128 * t1) / (2048 - 128);
  return { input: 1 / a, output: 1 / (t1 / 1000 - a) };
}

const round = (x) => (x >= 100 ? Math.round(x) : Math.round(x * 100) / 100);
function rateOf(model, gpu, gpus) {
  const row = MEASURED.find(([m, g, replica]) => m === model && g === gpu && gpus % replica === 0);
  if (row !== undefined) {
    const [, , replica, precision, first, second, source] = row;
    const replicas = gpus / replica;
    const { input, output } = solveRate(first, second);
    const times = replicas === 1 ? '' : `, ${replicas} replicas of ${replica} GPU${replica === 1 ? '' : 's'}`;
    return {
      input: round(input * replicas),
      output: round(output * replicas),
      source: `${precision}${times}; fitted to ${first} (1000 in, 1000 out) and ${second} (2048 in, 128 out): ${source}`,
    };
  }
  const from = MEASURED.find(([m, g]) => m === (model === 'Mistral-7B' ? model : 'Llama-3.1-8B') && g === 'A100-80GB');
  const scale = (gpus * (BANDWIDTH[gpu] / BANDWIDTH['A100-80GB']) * PARAMETERS[from[0]]) / PARAMETERS[model];
  const { input, output } = solveRate(from[4], from[5]);
  return {
    input: round(input * scale),
    output: round(output * scale),
    source: `estimate: ${from[0]} on A100-80GB, times memory bandwidth, over parameters`,
  };
}

// ---- requests --------------------------------------------------------------------------------------------------------

function makeRequests() {
  const requests = [];
  for (const [kind, traffic] of Object.entries(TRAFFIC)) {
    const asks = ASKS[kind];
    for (let service = 0; service < traffic.services; service++) {
      const bursts = Array.from({ length: traffic.bursts }, () => random() * 59);
      const clients = Math.round(traffic.perMinute / 5);
      for (let k = 0; k < traffic.perMinute; k++) {
        // A Poisson process, given its count, is uniform; the code trace comes in bursts.
        const at = bursts.length === 0 ? random() * 60 : pick(bursts) + random();
        const region = weighted(REGIONS);
        const model = weighted(asks.models);
        let mode = weighted(asks.modes);
        if (mode === 'TEE' && NO_ENCLAVE.has(model) && random() > NO_ENCLAVE_TEE) mode = 'VANILLA';
        const inputTokens = quantile(traffic.input);
        const outputTokens = quantile(traffic.output);
        const request = {
          at: Math.round(at * 1000) / 1000,
          client: `${kind.split(' ')[0]}-${service}-${Math.floor(random() * random() * clients)}`,
          region,
          model,
          mode,
          inputTokens,
          outputTokens,
        };
        if (EU.includes(region) && random() < EU_RESIDENCY) request.residency = EU;
        if (random() < LIMITED)
          request.maxPrice = Math.round(pick(LIMITS) * (inputTokens + outputTokens) * (mode === 'ZKML' ? 100 : 1)) / 1e6;
        if (random() < URGENT) request.unservedCost = URGENT_COST;
        requests.push(request);
      }
    }
  }
  requests.sort((a, b) => a.at - b.at || (a.client < b.client ? -1 : a.client > b.client ? 1 : a.inputTokens - b.inputTokens));
  return requests.map((request, k) => ({ id: `r${String(k + 1).padStart(4, '0')}`, ...request }));
}

// ---- nodes -----------------------------------------------------------------------------------------------------------

function makeNodes(requests) {
  const rates = new Map();
  const rate = (model, gpu, gpus) => {
    const key = `${model}|${gpu}|${gpus}`;
    if (!rates.has(key)) rates.set(key, { model, gpu, gpus, ...rateOf(model, gpu, gpus) });
    return rates.get(key);
  };
  /** Mean tokens of the requests of this minute for a model in these modes. */
  const mean = (model, modes) => {
    const own = requests.filter((request) => request.model === model && modes.includes(request.mode));
    // A node that nobody asks for plans for conversations.
    const all = own.length > 0 ? own : requests.filter((request) => request.client.startsWith('conversation'));
    const sum = (field) => all.reduce((total, request) => total + request[field], 0) / all.length;
    return { input: sum('inputTokens'), output: sum('outputTokens') };
  };
  const nodes = [];
  const counters = {};
  for (const [gpu, gpus, count, hosts, concurrency, share] of FLEET) {
    for (let k = 0; k < count; k++) {
      const models = pick(hosts);
      const modes =
        PROVER_GPUS.has(gpu) && random() < PROVER_SHARE
          ? ['ZKML']
          : CONFIDENTIAL.has(gpu) && random() < TEE_SHARE
            ? ['VANILLA', 'TEE']
            : ['VANILLA'];
      const [usd] = pick(PRICES[gpu]);
      // Service time of a mean request, over its models and modes; the slots are how many of them its sequences can start in the share offered.
      const multiplier = modes.reduce((sum, mode) => sum + MODES[mode].serviceMultiplier, 0) / modes.length;
      const seconds = models.reduce((sum, model) => {
        const { input, output } = rate(model, gpu, gpus);
        const tokens = mean(model, modes);
        const service = Math.max(concurrency * (tokens.input / input + tokens.output / output), tokens.output * SECONDS_PER_TOKEN);
        return sum + (multiplier * service) / models.length;
      }, 0);
      const offered = share * (modes.includes('ZKML') ? PROVER_OFFERS : 1) * (0.4 + 1.2 * random());
      const kind = `${gpu.split('-')[0].toLowerCase()}${gpus === 1 ? '' : `x${gpus}`}`;
      counters[kind] = (counters[kind] ?? 0) + 1;
      const id = `${kind}-${String(counters[kind]).padStart(3, '0')}`;
      nodes.push({
        id,
        operator: weighted(OPERATORS),
        region: weighted(REGIONS),
        gpu,
        gpus,
        models,
        modes,
        slots: Math.max(1, Math.round((offered * concurrency * 60) / seconds)),
        price: Math.round(usd * gpus * 1000) / 1000,
        concurrency,
      });
    }
  }
  return { nodes, throughput: [...rates.values()] };
}

// ---- files -----------------------------------------------------------------------------------------------------------

/** JSON with one list entry per line, so that a diff shows the node or request that changed. */
function lines(fields, lists) {
  const head = Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const tail = Object.entries(lists).map(
    ([name, list]) => `  ${JSON.stringify(name)}: [\n${list.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`,
  );
  return `{\n${[...head, ...tail].join(',\n')}\n}\n`;
}

const AZURE = {
  what: 'token sizes and minute rates of the conversation and code traffic (quantiles only, no rows)',
  from: 'Azure LLM inference traces 2023, Azure/AzurePublicDataset; Patel et al., Splitwise, ISCA 2024',
  licence: 'CC-BY-4.0',
};
const MOONCAKE = {
  what: 'token sizes and minute rates of the long-context traffic (quantiles only, no rows)',
  from: 'Mooncake conversation trace, kvcache-ai/Mooncake; Qin et al., Mooncake, FAST 2025',
  licence: 'Apache-2.0',
};

const requests = makeRequests();
const { nodes, throughput } = makeNodes(requests);
const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url));

const networkText = lines(
  { format: 'outbid-network', version: 1, name: 'A network of 280 nodes, generated by examples/generate.mjs' },
  {
    sources: [
      {
        what: 'throughput of models on GPUs',
        from: 'NVIDIA/TensorRT-LLM documentation, the row named in each entry',
        licence: 'Apache-2.0 (documentation); figures',
      },
      {
        what: 'GPU prices per hour',
        from: 'published price lists of AWS (2024-H2 to 2026-Q1, third-party copies) and the SkyPilot catalog v7/v8 for Lambda, Nebius, Seeweb, Hyperstack, RunPod',
        licence: 'figures',
      },
      {
        what: 'GPU kinds, GPUs per node and their proportions',
        from: 'Alibaba cluster traces gpu-v2023 (openb) and v2026-spot-gpu, counts of their node lists; Helix (ASPLOS 2025) 42-node cluster',
        licence: 'figures; Helix Apache-2.0',
      },
      { what: 'multipliers of the verification modes', from: 'OpenGradient documentation, verification', licence: 'figures' },
    ],
    notes: [
      'A slot is one request of mean size that the node can start in the minute: sequences at once x 60 s / mean service time, times the share of the minute the node offers here.',
      'Chosen, not published: operators, regions, round trips, hosted models, sequences at once, the share offered (0.4 to 64 percent; the rest of a node is sold elsewhere), which nodes have TEE or are provers.',
      'H800 and A800 of the published fleet stand as H100 and A100-80GB.',
      'A node that proves (ZKML) does nothing else: its slots are a pool of their own, because a proof takes a thousand times the plain service time.',
    ],
    throughput,
    nodes,
  },
).replace('  "sources": [', `  "modes": ${JSON.stringify(MODES)},\n  "latencyMs": ${JSON.stringify(LATENCY)},\n  "sources": [`);
const requestsText = lines(
  { format: 'outbid-requests', version: 1, name: 'The requests of one busy minute, generated by examples/generate.mjs' },
  {
    sources: [AZURE, MOONCAKE],
    notes: [
      'Generated: drawn from published-style statistics. Rates are the 95th-percentile minute of each trace: conversation 467, code 453, long context 238, times 3, 2 and 2 such services.',
      'Chosen: 190 requests to be proven (ZKML) and their sizes; models, modes, regions, residency, limits, clients.',
      'outputTokens is what a request is expected to generate.',
    ],
    requests,
  },
);
for (const [name, text] of [
  ['network.json', networkText],
  ['requests.json', requestsText],
]) {
  writeFileSync(join(folder, name), text);
}
const slots = nodes.reduce((sum, node) => sum + node.slots, 0);
console.log(`network.json: ${nodes.length} nodes, ${slots} slots, ${networkText.length} bytes`);
console.log(`requests.json: ${requests.length} requests, ${requestsText.length} bytes`);
