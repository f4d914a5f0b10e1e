/**
 * OpenGradient's registry, calls and confidential path in terms of `outbid/network`. No chain client: records come in as plain
 * objects, and everything else the matching needs is supplied by the caller.
 */
export {
  type InferenceCall,
  InferenceMode,
  OPG_DECIMALS,
  type PaymentCap,
  type RequestFacts,
  requestFromCall,
} from './calls.js';
export { type Lease, type LeaseOptions, leases } from './leases.js';
export {
  type ByTEE,
  DEFAULT_TEE_MODES,
  type NodeFacts,
  nodesFromRegistry,
  type RegistryNodes,
  type RegistryOptions,
} from './nodes.js';
export { HEARTBEAT_MAX_AGE, type InactiveReason, TEE_TYPE_LLM_PROXY, TEE_TYPE_VALIDATOR, type TEEInfo } from './registry.js';
