import { expect, it } from 'vitest';
import { frontConfig, patroniConfig, poolerConfig, proxyConfig, readDeployed } from './configuration.js';

/** The lines of a file that differ from those of the other, as pairs. */
function differing(one: string, other: string): [string, string | undefined][] {
  const others = other.split('\n');
  return one.split('\n').flatMap((line, nth): [string, string | undefined][] => {
    return line === others[nth] ? [] : [[line, others[nth]]];
  });
}

it("The recommended Patroni configuration differs from the lab's in the API of etcd only", () => {
  const deployed = readDeployed('patroni/patroni.yml');
  expect(differing(deployed, patroniConfig(deployed))).toEqual([['etcd3:', 'etcd:']]);
});

it("The recommended HAProxy configuration is the lab's, and ends the sessions of a former leader", () => {
  const deployed = readDeployed('haproxy/postgresql.cfg');
  expect(proxyConfig(deployed, { keepSessions: false })).toBe(deployed);
  expect(differing(deployed, proxyConfig(deployed, { keepSessions: true }))).toEqual([
    [
      '  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions',
      '  default-server inter 1s fall 2 rise 1',
    ],
  ]);
});

it("The recommended PgBouncer configuration differs from the lab's in the path of its users only", () => {
  const deployed = readDeployed('pgbouncer/pgbouncer.ini');
  expect(differing(deployed, poolerConfig(deployed, '/users'))).toEqual([
    ['auth_file = /etc/pgbouncer/userlist.txt', 'auth_file = /users'],
  ]);
});

it("The recommended HAProxy configuration before the nodes differs from the lab's in addresses and TLS only", () => {
  const deployed = readDeployed('haproxy/scrip.cfg');
  expect(differing(deployed, frontConfig(deployed, { front: 5000, direct: 5001, pooled: 5002 }))).toEqual([
    ['  bind :443 ssl crt /etc/haproxy/points.example.pem alpn h2,http/1.1', '  bind 127.0.0.1:5000'],
    ['  server node1 127.0.0.1:4000 check', '  server node1 127.0.0.1:5001 check'],
    ['  server node2 127.0.0.1:4001 check', '  server node2 127.0.0.1:5002 check'],
  ]);
});
