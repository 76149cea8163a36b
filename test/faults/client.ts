import { setTimeout as delay } from 'node:timers/promises';
import type { Operation, Outcome } from './operation-log.js';

/** Longer than any response may take. */
const RESPONSE_TIMEOUT_MS = 35_000;

/** How long a client waits after a request that its node did not accept. */
const PAUSE_MS = 50;

/** Sends a document. Returns the body of the response; undefined: there was none. */
export async function send(url: string, secret: string, query: string, variables: object): Promise<Body | undefined> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    });
    return (await response.json()) as Body; // any other shape fails the check
  } catch {
    await delay(PAUSE_MS);
    return undefined;
  }
}

export interface Body {
  // The shape depends on the selection.
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  readonly data?: any;
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}

const FIELDS = '{ replayed entry { sequence delta balanceAfter } }';

const DOCUMENTS = {
  ADD: `mutation ($input: AddPointsInput!) { change: addPoints(input: $input) ${FIELDS} }`,
  SPEND: `mutation ($input: SpendPointsInput!) { change: spendPoints(input: $input) ${FIELDS} }`,
};

/** Sends an operation with its key, and records the outcome. */
export async function perform(url: string, secret: string, operation: Operation): Promise<Outcome> {
  const from = performance.now();
  const body = await send(url, secret, DOCUMENTS[operation.kind], { input: write(operation) });
  const outcome =
    body?.data?.change != null ? readEntry(body.data.change) : readError(body, body?.errors?.[0]?.extensions);
  operation.outcomes.push({ afterMs: performance.now() - from, ...outcome });
  return outcome;
}

const APPLY = `
  mutation ($input: ApplyPointsInput!) {
    applyPoints(input: $input) {
      results { payload ${FIELDS} error { code effect available needed } }
    }
  }`;

/** Sends operations in one request, and records the outcome of each. */
export async function performTogether(url: string, secret: string, operations: readonly Operation[]): Promise<void> {
  const inputs = operations.map((operation) => ({ [operation.kind.toLowerCase()]: write(operation) }));
  const body = await send(url, secret, APPLY, { input: { operations: inputs } });
  const results = body?.data?.applyPoints?.results;
  operations.forEach((operation, nth) => {
    const { payload, error } = results?.[nth] ?? { error: body?.errors?.[0]?.extensions };
    operation.outcomes.push({ afterMs: 0, ...(payload != null ? readEntry(payload) : readError(body, error)) });
  });
}

function write({ userId, points, key }: Operation) {
  return { user: nameUser(userId), points, idempotencyKey: key };
}

/** The system of the external ids in a run. Each user of the load has their own id there. */
export const ISSUER = 'faults';

/** Names a user by the id or the external id, each for half of the requests: a repeat may name the user in the other way. */
function nameUser(userId: string): object {
  return Math.random() < 0.5 ? { id: userId } : { external: { issuer: ISSUER, id: userId } };
}

function readEntry({ entry }: { entry: Omit<Extract<Outcome, { outcome: 'OK' }>, 'outcome'> }): Outcome {
  return { outcome: 'OK', ...entry };
}

function readError(body: Body | undefined, error: Readonly<Record<string, unknown>> | undefined): Outcome {
  if (body === undefined) return { outcome: 'UNKNOWN' };
  const { code, effect, available = null, needed = null } = error ?? {};
  if (STORED.has(String(code))) return { outcome: 'REFUSED', code: String(code), available, needed } as Outcome; // by contract
  // Where there is no data, nothing ran.
  return effect === 'NONE' || body.data === undefined
    ? { outcome: 'NONE', code: String(code) }
    : { outcome: 'UNKNOWN' };
}

const STORED = new Set(['INSUFFICIENT_POINTS', 'BALANCE_LIMIT', 'IDEMPOTENCY_KEY_CLOSED']);

const RESOLVE = `
  mutation ($input: ResolvePointsInput!) {
    resolvePoints(input: $input) {
      result { payload { entry { sequence delta balanceAfter } } error { code available needed } }
    }
  }`;

/** Asks for the outcome of an operation with `resolvePoints`. */
export async function resolve(url: string, secret: string, operation: Operation): Promise<void> {
  const input = { user: nameUser(operation.userId), idempotencyKey: operation.key };
  const body = await send(url, secret, RESOLVE, { input });
  const result = body?.data?.resolvePoints?.result;
  if (result?.payload != null) operation.outcomes.push({ afterMs: 0, outcome: 'OK', ...result.payload.entry });
  else if (result?.error != null) operation.outcomes.push({ afterMs: 0, outcome: 'REFUSED', ...result.error });
}

/** Reads the last sequence of a user's ledger; undefined without a response. */
export async function readSequence(url: string, secret: string, userId: string): Promise<number | undefined> {
  const query = 'query ($by: UserBy!) { user(by: $by) { pointsHistory(first: 1) { nodes { sequence } } } }';
  const body = await send(url, secret, query, { by: nameUser(userId) });
  const nodes = body?.data?.user?.pointsHistory?.nodes;
  return nodes === undefined ? undefined : (nodes[0]?.sequence ?? 0);
}
