import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Spans } from '../http/spans.js';
import { codeVersion } from '../version.js';

/** Starts the exporter of traces; undefined where none is configured, and then no package of OpenTelemetry is loaded. */
export async function startSpans({ traces, trustedDocuments }: Config, log: Logger): Promise<Spans | undefined> {
  if (traces === undefined) return undefined;
  const { createOtlpSpans } = await import('../http/otlp-spans.js');
  return createOtlpSpans({
    ...traces,
    version: codeVersion,
    namesAreKnown: trustedDocuments.length > 0,
    now: Date.now,
    onFailed: (error) =>
      log.warn({ event: 'traces_not_sent', err: error }, 'traces cannot be sent, and are dropped until they can'),
    onRecovered: () => log.info({ event: 'traces_sent' }, 'traces are sent again'),
  });
}
