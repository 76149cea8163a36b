/** W3C Trace Context (https://www.w3.org/TR/trace-context/): the trace that a request belongs to. */
import { randomBytes } from 'node:crypto';
import type { TraceContext, TraceIds } from '../graphql/trace.js';

/** Version, trace id, parent id and flags. A later version may append fields, after one more `-`. */
const TRACEPARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<parentId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/** A header of a later version is not read beyond this. */
const MAX_CHARACTERS = 512;

/** The flag of a trace that its caller records. */
const SAMPLED = 1;

/**
 * The trace of a request, with a new id for what this server does in it; undefined where the header is absent or invalid: a
 * client cannot write anything else to the log. Several headers arrive as one, which is invalid.
 */
export function readTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length > MAX_CHARACTERS) return undefined;
  const { version, traceId, parentId, flags = '', more } = TRACEPARENT.exec(header)?.groups ?? {};
  if (traceId === undefined || parentId === undefined || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (isZero(traceId) || isZero(parentId)) return undefined;
  return { ids: idsIn(traceId), parentId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** A trace that begins here, for a request whose client named none. It is recorded. */
export function beginTrace(): TraceContext {
  return { ids: idsIn(randomBytes(16).toString('hex')), parentId: undefined, isSampled: true };
}

/** The same trace, with an id for another part of what this server does in it. */
export function nextInTrace(context: TraceContext): TraceContext {
  return { ...context, ids: idsIn(context.ids.traceId) };
}

function idsIn(traceId: string): TraceIds {
  return { traceId, spanId: randomBytes(8).toString('hex') };
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}
