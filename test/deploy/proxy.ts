/** The reverse proxies of deploy/, with the files as they are but for addresses, ports and certificates. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';

/** A proxy before two nodes. */
export interface RunningProxy {
  readonly url: string;
  close(): Promise<void>;
}

interface Place {
  readonly directory: string;
  readonly port: number;
  /** The hosts and ports of the nodes. */
  readonly nodes: readonly [string, string];
}

interface Launch {
  readonly scheme: 'http' | 'https';
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const PROGRAMS = {
  nginx: { program: '/usr/sbin/nginx', prepare: prepareNginx },
  HAProxy: { program: '/usr/sbin/haproxy', prepare: prepareHaproxy },
  Caddy: { program: '/usr/bin/caddy', prepare: prepareCaddy },
};

export type ProxyName = keyof typeof PROGRAMS;

/** The proxies that are installed, by Debian's packages nginx, haproxy and caddy. */
export const INSTALLED = (['nginx', 'HAProxy', 'Caddy'] as const).filter((name) => existsSync(PROGRAMS[name].program));

export async function openProxy(name: ProxyName, nodeUrls: readonly [string, string]): Promise<RunningProxy> {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-proxy-'));
  await chmod(directory, 0o755);
  const port = await findFreePort();
  const nodes = [new URL(nodeUrls[0]).host, new URL(nodeUrls[1]).host] as const;
  const { program, prepare } = PROGRAMS[name];
  const { scheme, args, env } = await prepare({ directory, port, nodes });
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: directory, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const close = async () => {
    await end(child);
    await rm(directory, { recursive: true, force: true });
  };
  while (!(await listens(port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await close();
      throw new Error(`${name} ended: ${said}`);
    }
    await delay(20);
  }
  return { url: `${scheme}://127.0.0.1:${port}`, close };
}

async function prepareNginx({ directory, port, nodes }: Place): Promise<Launch> {
  const { certificate, key } = await makeCertificate(directory);
  const deployed = deployedFile('nginx/scrip.conf', [
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/nginx/points.example.crt', certificate],
    ['/etc/nginx/points.example.key', key],
    ['127.0.0.1:4000', nodes[0]],
    ['127.0.0.1:4001', nodes[1]],
  ]);
  await writeFile(join(directory, 'scrip.conf'), deployed);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(directory, kind)};`)
    .join('\n');
  const main = join(directory, 'nginx.conf');
  await writeFile(
    main,
    `daemon off;\npid ${join(directory, 'pid')};\nevents {}\nhttp {\naccess_log off;\n${temporary}\ninclude scrip.conf;\n}\n`,
  );
  return { scheme: 'https', args: ['-c', main, '-e', 'stderr'] };
}

async function prepareHaproxy({ directory, port, nodes }: Place): Promise<Launch> {
  const { certificate, key } = await makeCertificate(directory);
  const pem = join(directory, 'both.pem');
  await writeFile(pem, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  const file = join(directory, 'haproxy.cfg');
  const deployed = deployedFile('haproxy/scrip.cfg', [
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['/etc/haproxy/points.example.pem', pem],
    ['127.0.0.1:4000', nodes[0]],
    ['127.0.0.1:4001', nodes[1]],
  ]);
  await writeFile(file, deployed);
  return { scheme: 'https', args: ['-f', file] };
}

/** Without TLS: for a public name Caddy would ask for a certificate. */
async function prepareCaddy({ directory, port, nodes }: Place): Promise<Launch> {
  const file = join(directory, 'Caddyfile');
  await writeFile(file, `{\n\tadmin off\n}\n${deployedFile('caddy/Caddyfile', [])}`);
  return {
    scheme: 'http',
    args: ['run', '--config', file, '--adapter', 'caddyfile'],
    env: { SCRIP_SITE: `http://:${port}`, SCRIP_NODES: nodes.join(' ') },
  };
}

/** A file of deploy/ in which each text, which occurs once, is replaced. */
function deployedFile(path: string, replacements: readonly (readonly [string, string])[]): string {
  let text = readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');
  for (const [old, replacement] of replacements) {
    const parts = text.split(old);
    if (parts.length !== 2) throw new Error(`deploy/${path} has ${parts.length - 1} times ${old}.`);
    text = parts.join(replacement);
  }
  return text;
}

async function makeCertificate(directory: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes'];
  const type = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...type, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  return { certificate, key };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM'); // nginx ends its workers
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exit;
  clearTimeout(late);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
