/**
 * Exports spans with the packages of OpenTelemetry, as OTLP over HTTP in JSON. It is a file of its own in dist/, which is
 * loaded where OTEL_EXPORTER_OTLP_ENDPOINT is set, and nowhere else.
 */
import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracesConfig } from '../config.js';
import type { ErrorCode } from '../errors.js';
import type { Trace, TraceContext } from '../graphql/trace.js';
import type { EndedOperation, Spans } from './spans.js';

interface ExportOptions extends TracesConfig {
  /** The release of this code. */
  readonly version: string;
  /** Whether only operations of TRUSTED_DOCUMENTS run. Otherwise clients choose the names of operations. */
  readonly namesAreKnown: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Spans could not be sent, and those before them could. */
  readonly onFailed: (error: Error | undefined) => void;
  /** Spans were sent again. */
  readonly onRecovered: () => void;
}

/** Spans that wait to be sent. Further ones are dropped. */
const MAX_WAITING = 2_048;

/** How long spans are collected. */
const BATCH_MS = 1_000;

/** How long the receiver may take, repeated attempts included. */
const SEND_MS = 5_000;

/** Codes of failures of the server. With any other code, the operation was at fault. */
const OF_SERVER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['INTERNAL_SERVER_ERROR', 'OVERLOADED', 'UNAVAILABLE']);

/** Characters of an operation's name, as in the log. */
const MAX_NAME = 100;

export function createOtlpSpans(options: ExportOptions): Spans {
  const { url, headers, version, now } = options;
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: SEND_MS });
  const processor = new BatchSpanProcessor({
    exporter: noteChanges(exporter, options),
    maxQueueSize: MAX_WAITING,
    scheduledDelayMillis: BATCH_MS,
    exportTimeoutMillis: SEND_MS + 1_000, // of the processor itself, should the exporter's not hold
  });
  const constant = {
    kind: SpanKind.SERVER,
    links: [],
    events: [],
    ended: true,
    resource: resourceFromAttributes({ 'service.name': options.serviceName, 'service.version': version }),
    instrumentationScope: { name: 'scrip', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  return {
    operationEnded: (trace, ended) => {
      if (trace.context?.isSampled !== true) return;
      processor.onEnd({
        ...constant,
        name: nameOf(trace, options),
        ...contextsOf(trace.context),
        ...timesOf(ended, now()),
        status: { code: trace.code && OF_SERVER.has(trace.code) ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
        attributes: attributesOf(trace, ended),
      });
    },
    stop: () => processor.shutdown().catch(() => {}), // noted already
  };
}

/** Tells when an exporter begins to fail, and when it works again. */
function noteChanges(exporter: SpanExporter, { onFailed, onRecovered }: ExportOptions): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !isFailing) onFailed(result.error);
        if (!failed && isFailing) onRecovered();
        isFailing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

/** By the conventions for GraphQL: a name that a client chooses is no part of the span's, so that spans can be grouped. */
function nameOf({ operation }: Trace, { namesAreKnown }: ExportOptions): string {
  if (operation === undefined) return 'GraphQL Operation';
  return namesAreKnown && operation.name !== undefined ? `${operation.kind} ${operation.name}` : operation.kind;
}

function contextsOf({ ids, parentId }: TraceContext): Pick<ReadableSpan, 'spanContext' | 'parentSpanContext'> {
  const own = { ...ids, traceFlags: TraceFlags.SAMPLED };
  const parent = parentId && { parentSpanContext: { ...own, spanId: parentId, isRemote: true } };
  return { spanContext: () => own, ...parent };
}

function timesOf({ milliseconds }: EndedOperation, now: number) {
  return {
    startTime: hrTime(now - milliseconds),
    endTime: hrTime(now),
    duration: hrTime(milliseconds),
  };
}

/** Seconds and nanoseconds. */
function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

/** Nothing of the document but its kind and name, no variable, and no id of a credential. */
function attributesOf({ operation, principal, code }: Trace, { status }: EndedOperation): Attributes {
  const attributes: Attributes = {};
  if (operation !== undefined) attributes['graphql.operation.type'] = operation.kind;
  if (operation?.name !== undefined) attributes['graphql.operation.name'] = operation.name.slice(0, MAX_NAME);
  if (status !== undefined) attributes['http.response.status_code'] = status;
  if (principal !== undefined) attributes['scrip.credential.kind'] = principal.kind;
  if (code !== undefined) attributes['error.type'] = code;
  return attributes;
}
