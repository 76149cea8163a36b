import type { Secrets } from './data.js';
import type { Entrant } from './entrants.js';
import type { Load } from './load.js';
import { message, type Operation, random } from './operations.js';

/** So many different requests are sent again and again. */
const REQUESTS = 5_000;

/** Requests of these operations in equal parts. */
export function requestsFor(
  { server, pages }: Pick<Entrant, 'server' | 'pages'>,
  operations: readonly Operation[],
  secrets: Secrets,
): Pick<Load, 'url' | 'requests'> {
  const requests = Array.from({ length: REQUESTS / operations.length }, () =>
    operations.map((operation) => {
      const held = secrets[operation.credential];
      const secret = held[random(held.length)] ?? '';
      return { secret, ...message(server.contender, operation, operation.variables(pages)) };
    }),
  ).flat();
  return { url: server.url, requests };
}
