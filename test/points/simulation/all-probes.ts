import { HOLD_PROBES } from './hold-probes.js';
import { LIMIT_PROBES } from './limit-probes.js';
import { PROBES, type Probe } from './probes.js';
import { TRANSFER_PROBES } from './transfer-probes.js';

/** The rules of the database functions. */
export const ALL_PROBES: readonly Probe[] = [...PROBES, ...LIMIT_PROBES, ...HOLD_PROBES, ...TRANSFER_PROBES];
