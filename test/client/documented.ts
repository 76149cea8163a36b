/** The examples of docs/clients.md. */
import {
  type Client,
  createClient,
  createSession,
  type Session,
  type UserBy,
  type Work,
} from '../../src/client/client.js';

export async function buy(client: Client, username: string, order: string): Promise<string> {
  const outcome = await client.spend({ user: { username }, points: 3, reference: order, idempotencyKey: order });
  if (outcome.kind === 'APPLIED') return `Thank you. You have ${outcome.points} points left.`;
  const { code, available } = outcome.refusal.extensions ?? {};
  if (code === 'INSUFFICIENT_POINTS') return `You have only ${available} points.`;
  return outcome.refusal.message;
}

export function makeImage(client: Client, username: string, job: string, draw: () => Promise<number>): Promise<Work> {
  const input = { user: { username }, points: 10, expiresInSeconds: 600, idempotencyKey: job };
  return client.withHold(input, async () => await draw());
}

export async function watch(client: Client, user: UserBy, show: (points: number) => void, signal: AbortSignal) {
  const { points = 0, sequence = 0 } = (await client.balance(user)) ?? {};
  show(points);
  for await (const entry of client.follow(user, { after: sequence, signal })) show(entry.balanceAfter);
}

export function openShop(url: string): { readonly session: Session; readonly client: Client } {
  const session = createSession({ url });
  return { session, client: createClient({ url, credential: session }) };
}
