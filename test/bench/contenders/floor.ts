/** The floor: `node:http` and `pg`, two prepared statements a request, JSON by hand. No GraphQL, and nothing to please. */
import { createServer, type IncomingMessage } from 'node:http';
import { openStatements, type Token, type Wanted } from './statements.js';

interface Input {
  readonly by: { username: string };
  readonly after: string | null;
  readonly input: { user: { username: string }; points: number; idempotencyKey?: string };
}

const statements = openStatements(process.env['DATABASE_URL'] ?? '');

/** By path: the required scopes, and the data of the response; undefined: the change was refused. */
const ROUTES: Readonly<
  Record<string, { scopes: readonly string[]; respond: (input: Input, token: Token) => Promise<object | undefined> }>
> = {
  '/user': {
    scopes: ['users:read'],
    respond: async ({ by }) => {
      const user = await statements.userByName(by.username);
      return { user: user === undefined ? null : { id: user.id, username: user.username, role: user.role } };
    },
  },
  '/balance': {
    scopes: ['users:read', 'points:read'],
    respond: async ({ by }) => {
      const user = await statements.userByName(by.username);
      return { user: user === undefined ? null : { id: user.id, username: user.username, points: user.points } };
    },
  },
  '/history': {
    scopes: ['users:read', 'points:read'],
    respond: async ({ by }) => {
      const user = await statements.userWithEntries(by.username, 20);
      return { user: user === undefined ? null : { id: user.id, pointsHistory: { nodes: user.entries } } };
    },
  },
  '/leaderboard': {
    scopes: ['users:read', 'points:read'],
    respond: async () => {
      const rows = await statements.leaders(20);
      return { leaderboard: { nodes: rows.map(({ id, username, points }) => ({ id, username, points })) } };
    },
  },
  '/users': {
    scopes: ['users:read', 'posts:read'],
    respond: async ({ after }) => {
      const rows = await statements.usersWithPosts(after ?? '', 20, 5);
      const nodes = rows.map(({ id, username, posts }) => ({ id, username, posts: { nodes: posts } }));
      return { users: { nodes } };
    },
  },
  '/pages': {
    scopes: ['users:read'],
    respond: async ({ after }) => {
      const rows = await statements.usersAfter(after ?? '', 100);
      return { users: { pageInfo: { endCursor: rows.at(-1)?.username ?? null } } };
    },
  },
  '/addPoints': {
    scopes: ['points:add'],
    respond: async ({ input }, token) => {
      const change = await statements.change(wanted(input, input.points, token));
      return (
        change && {
          addPoints: {
            message: `Successfully added ${input.points} points to ${change.username}`,
            points: change.points,
          },
        }
      );
    },
  },
  '/spendPoints': {
    scopes: ['points:spend'],
    respond: async ({ input }, token) => {
      const change = await statements.change(wanted(input, -input.points, token));
      return (
        change && {
          spendPoints: {
            message: `Successfully spent ${input.points} points of ${change.username}`,
            points: change.points,
          },
        }
      );
    },
  },
};

createServer(async (request, response) => {
  const [status, body] = await respond(request).catch(() => [500, failure('INTERNAL_SERVER_ERROR')] as const);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.env['PORT']), '127.0.0.1');

async function respond(request: IncomingMessage): Promise<readonly [number, string]> {
  const [token, body] = await Promise.all([statements.tokenOf(request.headers.authorization), read(request)]);
  const route = ROUTES[request.url ?? ''];
  if (route === undefined) return [404, failure('NOT_FOUND')];
  if (token === undefined) return [401, failure('UNAUTHENTICATED')];
  if (!route.scopes.every((scope) => token.scopes.includes(scope))) return [403, failure('FORBIDDEN')];
  // The clients are ours, and send what the interface says.
  const data = await route.respond(JSON.parse(body) as Input, token);
  return [200, data === undefined ? failure('REFUSED') : JSON.stringify({ data })];
}

function wanted({ user: { username }, idempotencyKey }: Input['input'], delta: number, { id: tokenId }: Token): Wanted {
  return { username, delta, tokenId, idempotencyKey };
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => resolve(body)).on('error', reject);
  });
}

const failure = (code: string) => JSON.stringify({ errors: [{ message: code, extensions: { code } }] });
