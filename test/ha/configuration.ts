/** The lab's configuration: the files of deploy/, and what has to differ. */
import { readFileSync } from 'node:fs';

export function readDeployed(path: string): string {
  return readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');
}

/**
 * Debian's Patroni 3.0.2 over etcd's API 3 can make a frozen leader the leader again, and loses what was confirmed since. Over
 * the API 2 it does not.
 */
export function patroniConfig(deployed: string): string {
  return replaceOnce(deployed, 'etcd3:', 'etcd:');
}

export function poolerConfig(deployed: string, userListFile: string): string {
  return replaceOnce(deployed, '/etc/pgbouncer/userlist.txt', userListFile);
}

export function proxyConfig(deployed: string, { keepSessions }: { readonly keepSessions: boolean }): string {
  return keepSessions ? replaceOnce(deployed, 'rise 1 on-marked-down shutdown-sessions', 'rise 1') : deployed;
}

/** Before the nodes, without TLS. */
export function frontConfig(
  deployed: string,
  { front, direct, pooled }: { readonly front: number; readonly direct: number; readonly pooled: number },
): string {
  const replacements = [
    [':443 ssl crt /etc/haproxy/points.example.pem alpn h2,http/1.1', `127.0.0.1:${front}`],
    ['node1 127.0.0.1:4000', `node1 127.0.0.1:${direct}`],
    ['node2 127.0.0.1:4001', `node2 127.0.0.1:${pooled}`],
  ] as const;
  return replacements.reduce((text, [old, replacement]) => replaceOnce(text, old, replacement), deployed);
}

export function userList(passwords: Readonly<Record<string, string>>): string {
  return Object.entries(passwords)
    .map(([name, password]) => `"${name}" "${password}"\n`)
    .join('');
}

function replaceOnce(text: string, old: string, replacement: string): string {
  const lines = text.split('\n');
  const found = lines.filter((line) => !/^\s*[#;]/.test(line) && line.includes(old));
  if (found.length !== 1) throw new Error(`A file of deploy/ has ${found.length} lines with ${old}, and not one.`);
  return lines.map((line) => (line === found[0] ? line.replace(old, replacement) : line)).join('\n');
}
