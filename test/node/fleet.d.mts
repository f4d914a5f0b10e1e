export function random(seed: number): () => number;
export interface FleetSize {
  demands: number;
  nodes: number;
  arcs?: number;
  seed?: number;
  load?: number;
  shared?: boolean;
}
export function fleet(size: FleetSize): {
  nodes: number;
  capacity: number;
  offsets: Int32Array;
  targets: Int32Array;
  costs: Float64Array;
  unservedCost: number;
};
export const LARGE: { demands: number; nodes: number; arcs: number };
