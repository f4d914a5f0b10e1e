/** The same network and batch under other names: of nodes, operators, regions, models, tenants, labels and requests, wherever they stand. */
import type { InferenceRequest, NetworkData, NetworkNode, NodeChoice } from '../../lib/network/index.js';
import type { LimitCase } from './limit-cases.js';

/** What a name names; names of different kinds may be equal without meaning the same. */
export type NameKind = 'node' | 'operator' | 'region' | 'model' | 'gpu' | 'tenant' | 'request';
export type NewName = (kind: NameKind, name: string) => string;

export function renamed({ network, requests }: LimitCase, to: NewName): LimitCase {
  const keys = <T>(kind: NameKind, record: Record<string, T> | undefined): Record<string, T> =>
    // A name such as __proto__ becomes a field like any other here.
    Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [to(kind, name), value]));
  const list = (kind: NameKind, names: string[]): string[] => names.map((name) => to(kind, name));
  const nodeOf = (node: NetworkNode): NetworkNode => ({
    ...node,
    id: to('node', node.id),
    operator: to('operator', node.operator),
    region: to('region', node.region),
    ...(node.gpu === undefined ? {} : { gpu: to('gpu', node.gpu) }),
    models: list('model', node.models),
    loadable: keys('model', node.loadable),
    ...(node.tokensPerSecond === undefined ? {} : { tokensPerSecond: keys('model', node.tokensPerSecond) }),
  });
  const choice = ({ nodes, operators }: NodeChoice): NodeChoice => ({
    ...(nodes === undefined ? {} : { nodes: list('node', nodes) }),
    ...(operators === undefined ? {} : { operators: list('operator', operators) }),
  });
  const requestOf = (request: InferenceRequest): InferenceRequest => {
    const changed: InferenceRequest = { ...request, id: to('request', request.id), model: to('model', request.model) };
    if (request.region !== undefined) changed.region = to('region', request.region);
    if (request.residency !== undefined) changed.residency = list('region', request.residency);
    if (request.allow !== undefined) changed.allow = choice(request.allow);
    if (request.deny !== undefined) changed.deny = choice(request.deny);
    if (request.pinned !== undefined) changed.pinned = to('node', request.pinned);
    if (request.previousNode !== undefined) changed.previousNode = to('node', request.previousNode);
    if (request.extraCost !== undefined) changed.extraCost = keys('node', request.extraCost);
    if (request.tenant !== undefined) changed.tenant = to('tenant', request.tenant);
    return changed;
  };
  const { latencyMs, throughput, limits } = network;
  const changed: NetworkData = { ...network, nodes: network.nodes.map(nodeOf) };
  if (latencyMs !== undefined)
    changed.latencyMs = keys('region', Object.fromEntries(Object.entries(latencyMs).map(([from, by]) => [from, keys('region', by)])));
  if (throughput !== undefined)
    changed.throughput = throughput.map((rate) => ({ ...rate, model: to('model', rate.model), gpu: to('gpu', rate.gpu) }));
  if (limits !== undefined)
    changed.limits = limits.map(({ operator, region, tenant, ...bounds }) => ({
      ...(operator === undefined ? {} : { operator: to('operator', operator) }),
      ...(region === undefined ? {} : { region: to('region', region) }),
      ...(tenant === undefined ? {} : { tenant: to('tenant', tenant) }),
      ...bounds,
    }));
  return { network: changed, requests: requests.map(requestOf) };
}
