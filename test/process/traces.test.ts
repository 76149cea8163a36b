import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Receiver, startReceiver } from '../http/otlp-receiver.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { addressOf, JWT_SECRET, type Program, startProcess } from './program.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const EXPORTER = 'dist/http/otlp-spans.js';

/** The packages of OpenTelemetry in a file of dist/, by its source map. `prom-client` brings the one that is left out. */
function packagesIn(file: string): Set<string> {
  const { sources }: { sources: string[] } = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  const names = sources.flatMap((source) => /node_modules\/(@opentelemetry\/[^/]+)\//.exec(source)?.[1] ?? []);
  return new Set(names.filter((name) => name !== '@opentelemetry/api'));
}

/** Starts the server, sends it one operation, and stops it. */
async function runOnce(database: { url: string }, receiver?: Receiver): Promise<{ program: Program; status: number }> {
  const program = startProcess({
    env: {
      JWT_SECRET,
      PORT: '0',
      DATABASE_URL: database.url,
      NODE_OPTIONS: `--import ${new URL('module-probe.mjs', import.meta.url).href}`,
      ...(receiver && { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
    },
  });
  const url = await addressOf(program);
  const { status } = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  await program.says(new RegExp(TRACE_ID)); // the access log, after which the span is at hand
  program.process.kill('SIGTERM');
  await once(program.process, 'exit');
  return { program, status };
}

it('A process without OTEL_EXPORTER_OTLP_ENDPOINT loads nothing of the exporter', async ({ database }) => {
  const { program, status } = await runOnce(database);
  expect({ status, exit: program.process.exitCode }).toEqual({ status: 200, exit: 0 });
  expect(program.said.stderr).toContain('dist/main.js');
  expect(program.said.stderr).not.toMatch(/otlp|opentelemetry/);
  expect([...packagesIn('dist/main.js')]).toEqual([]);
});

it('A process with it loads the exporter, and sends what it has when it is stopped', async ({ database }) => {
  const receiver = await startReceiver();
  const { program, status } = await runOnce(database, receiver);
  expect({ status, exit: program.process.exitCode }).toEqual({ status: 200, exit: 0 });
  expect(program.said.stderr).toContain(EXPORTER);
  expect(program.said.stdout).not.toContain('EvalError');
  expect([...packagesIn(EXPORTER)]).toContain('@opentelemetry/exporter-trace-otlp-http');
  expect(receiver.spansOf(TRACE_ID)).toHaveLength(1);
  await receiver.close();
});
