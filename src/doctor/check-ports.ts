import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.js';
import { describeError } from '../describe-error.js';
import { describeListenError } from '../http/listen.js';
import { type Finding, fault, ok } from './finding.js';

const PROBE_MS = 2_000;

/** Tries to listen where a server would, for a moment; a Scrip that listens there already is no fault. */
export async function checkPorts({ http, metrics }: Config): Promise<readonly Finding[]> {
  const api = await checkPort('PORT', http, 'healthz', '"alive"');
  if (metrics.port === undefined) return [api];
  const address = { host: '127.0.0.1', port: metrics.port };
  return [api, await checkPort('METRICS_PORT', address, 'metrics', 'scrip_')];
}

interface Address {
  readonly host: string;
  readonly port: number;
}

async function checkPort(setting: string, address: Address, path: string, sign: string): Promise<Finding> {
  const { host, port } = address;
  if (port === 0) return ok(`${setting} is 0: the system chooses a port.`);
  const error = await listenOnce(address);
  if (error === undefined) return ok(`Port ${port} of ${host} is free (${setting}).`);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE' && (await serves(address, path, sign))) {
    return ok(`A Scrip serves on port ${port} of ${host} (${setting}).`);
  }
  const reason = (describeListenError(code) ?? describeError(error)).replace('PORT', setting);
  return fault(`A server cannot listen on port ${port} of ${host}: ${reason}.`);
}

/** Why nothing can listen there; undefined: something can. */
async function listenOnce(address: Address): Promise<Error | undefined> {
  const server = createServer();
  try {
    server.listen(address);
    await once(server, 'listening');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  server.close();
  await once(server, 'close');
  return undefined;
}

async function serves({ host, port }: Address, path: string, sign: string): Promise<boolean> {
  const reached = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${reached}:${port}/${path}`, { signal: AbortSignal.timeout(PROBE_MS) });
    return (await response.text()).includes(sign);
  } catch {
    return false;
  }
}
