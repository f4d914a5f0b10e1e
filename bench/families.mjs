/** What the benchmark runs: families of instances from small to large; `quick` marks those of `npm run bench -- --quick`. */
import { contended, euclidean, grid, lowRank, macholWien, manyUnits, masses, slotted, sparse, uniform } from './classic.mjs';
import { fleet } from './fleet.mjs';
import { fractions } from './fractions.mjs';
import { inference } from './inference.mjs';

const LARGE = { demands: 150_000, nodes: 12_500 };
const SMALL = { demands: 10_000, nodes: 500 };
const MUST = Number.POSITIVE_INFINITY;

export const INSTANCES = [
  {
    family: 'small',
    name: '100 x 64, 16 arcs, load 0.80',
    quick: true,
    make: () => fleet({ demands: 100, nodes: 64, load: 0.8, models: 6 }),
  },
  { family: 'fleet 150k x 12.5k, 16 arcs', name: 'load 0.50', make: () => fleet({ ...LARGE, load: 0.5 }) },
  { family: 'fleet 150k x 12.5k, 16 arcs', name: 'load 0.90', quick: true, make: () => fleet(LARGE) },
  { family: 'fleet 150k x 12.5k, 16 arcs', name: 'load 0.99', make: () => fleet({ ...LARGE, load: 0.99 }) },
  { family: 'fleet 150k x 12.5k, 16 arcs', name: 'load 1.20', make: () => fleet({ ...LARGE, load: 1.2 }) },
  {
    family: 'fleet 150k x 12.5k, 16 arcs',
    name: 'load 1.00, must serve',
    make: () => fleet({ ...LARGE, load: 1, unservedCost: MUST, hidden: true }),
  },
  { family: 'fleet 150k x 12.5k, 16 arcs', name: 'contended, load 0.90', make: () => contended(LARGE) },
  { family: 'fleet 150k x 12.5k, 64 arcs', name: 'load 0.90', make: () => fleet({ ...LARGE, arcs: 64 }) },
  {
    family: 'fleet 1M x 10k, 16 arcs',
    name: 'load 0.90',
    huge: true,
    make: () => fleet({ demands: 1_000_000, nodes: 10_000 }),
  },
  { family: 'fleet 10k x 500, 16 arcs', name: 'load 0.50', make: () => fleet({ ...SMALL, load: 0.5 }) },
  { family: 'fleet 10k x 500, 16 arcs', name: 'load 0.90', quick: true, make: () => fleet(SMALL) },
  { family: 'fleet 10k x 500, 16 arcs', name: 'load 0.99', make: () => fleet({ ...SMALL, load: 0.99 }) },
  { family: 'fleet 10k x 500, 16 arcs', name: 'load 1.20', make: () => fleet({ ...SMALL, load: 1.2 }) },
  {
    family: '200 distinct demands, not merged',
    name: '150k x 12.5k, load 0.90',
    quick: true,
    make: () => fleet({ ...LARGE, distinct: 200 }),
  },
  {
    family: '200 distinct demands, not merged',
    name: '100k x 2k, load 0.90',
    make: () => fleet({ demands: 100_000, nodes: 2_000, arcs: 64, distinct: 200 }),
  },
  {
    family: '200 distinct demands, not merged',
    name: '100k x 2k, load 0.99',
    make: () => fleet({ demands: 100_000, nodes: 2_000, arcs: 64, distinct: 200, load: 0.99 }),
  },
  {
    family: '200 distinct demands, not merged',
    name: '100k x 2k, load 1.00',
    make: () => fleet({ demands: 100_000, nodes: 2_000, arcs: 64, distinct: 200, load: 1 }),
  },
  {
    family: 'inference network',
    name: '10k x 1k, 60 models',
    quick: true,
    make: () => inference({ requests: 10_000, nodes: 1_000, models: 60 }),
  },
  {
    family: 'inference network',
    name: '30k x 2.5k, 60 models',
    make: () => inference({ requests: 30_000, nodes: 2_500, models: 60 }),
  },
  {
    family: 'inference network',
    name: '60k x 5k, 120 models',
    huge: true,
    make: () => inference({ requests: 60_000, nodes: 5_000, models: 120 }),
  },
  { family: 'many units', name: '2k x 5k, units 1..200, 64 arcs', make: () => manyUnits() },
  { family: 'masses 1e5..1e9, dense', name: '500 x 500', make: () => masses({ n: 500 }) },
  { family: 'masses 1e5..1e9, dense', name: '1k x 1k', make: () => masses({ n: 1_000 }) },
  { family: 'grid transport', name: '32 x 32, squared distance', make: () => grid({ side: 32, squared: true }) },
  { family: 'grid transport', name: '32 x 32, L1', make: () => grid({ side: 32, squared: false }) },
  { family: 'grid transport', name: '64 x 64, squared distance', huge: true, make: () => grid({ side: 64, squared: true }) },
  { family: 'grid transport', name: '64 x 64, L1', huge: true, make: () => grid({ side: 64, squared: false }) },
  { family: 'sparse assignment', name: '10k, 8 arcs', make: () => sparse({ n: 10_000, arcs: 8 }) },
  { family: 'sparse assignment', name: '100k, 8 arcs', make: () => sparse({ n: 100_000, arcs: 8 }) },
  { family: 'sparse assignment', name: '1M, 8 arcs', huge: true, make: () => sparse({ n: 1_000_000, arcs: 8 }) },
  { family: 'sparse assignment', name: '100k, 16 arcs', make: () => sparse({ n: 100_000, arcs: 16 }) },
  { family: 'sparse assignment', name: '100k, 32 arcs', make: () => sparse({ n: 100_000, arcs: 32 }) },
  { family: 'dense uniform, costs to 1e6', name: 'n = 500', quick: true, make: () => uniform({ n: 500, range: 1e6 }) },
  { family: 'dense uniform, costs to 1e6', name: 'n = 1000', make: () => uniform({ n: 1_000, range: 1e6 }) },
  { family: 'dense uniform, costs to 1e6', name: 'n = 2000', make: () => uniform({ n: 2_000, range: 1e6 }) },
  { family: 'dense uniform, costs to 1e6', name: 'n = 4000', huge: true, make: () => uniform({ n: 4_000, range: 1e6 }) },
  { family: 'dense uniform, costs to n', name: 'n = 1000', make: () => uniform({ n: 1_000, range: 1_000 }) },
  { family: 'dense uniform, costs to n', name: 'n = 2000', make: () => uniform({ n: 2_000, range: 2_000 }) },
  { family: 'dense with slots', name: '1000 x 100, capacity 12', make: () => slotted({ n: 1_000, m: 100, capacity: 12 }) },
  { family: 'dense with ties', name: 'costs 1..100, n = 1000', make: () => uniform({ n: 1_000, range: 100 }) },
  { family: 'dense with ties', name: 'costs 1..100, n = 4000', huge: true, make: () => uniform({ n: 4_000, range: 100 }) },
  { family: 'dense with ties', name: 'costs 1..2, n = 1000', make: () => uniform({ n: 1_000, range: 2 }) },
  { family: 'dense with ties', name: 'low rank, n = 1000', make: () => lowRank({ n: 1_000 }) },
  { family: 'dense Euclidean', name: 'n = 1000', make: () => euclidean({ n: 1_000 }) },
  { family: 'dense Euclidean', name: 'n = 2000', make: () => euclidean({ n: 2_000 }) },
  { family: 'dense Euclidean', name: 'n = 4000', huge: true, make: () => euclidean({ n: 4_000 }) },
  {
    family: 'float costs',
    name: 'small, 100 x 64, 16 arcs, load 0.80',
    make: () => fractions(fleet({ demands: 100, nodes: 64, load: 0.8, models: 6 })),
  },
  { family: 'float costs', name: 'fleet 10k x 500, 16 arcs, load 0.90', quick: true, make: () => fractions(fleet(SMALL)) },
  { family: 'float costs', name: 'fleet 150k x 12.5k, 16 arcs, load 0.90', make: () => fractions(fleet(LARGE)) },
  {
    family: 'float costs',
    name: 'inference network, 10k x 1k, 60 models',
    make: () => fractions(inference({ requests: 10_000, nodes: 1_000, models: 60 })),
  },
  { family: 'float costs', name: 'sparse assignment, 10k, 8 arcs', make: () => fractions(sparse({ n: 10_000, arcs: 8 })) },
  { family: 'float costs', name: 'dense, n = 500', make: () => fractions(uniform({ n: 500, range: 1e6 })) },
  { family: 'float costs', name: 'dense, n = 1000', make: () => fractions(uniform({ n: 1_000, range: 1e6 })) },
  { family: 'float costs', name: 'dense, n = 2000', make: () => fractions(uniform({ n: 2_000, range: 1e6 })) },
  { family: 'Machol-Wien', name: 'n = 1000', make: () => macholWien({ n: 1_000 }) },
];
