import { type Command, InvalidArgumentError } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import type { TokenState } from '../tokens/token.js';
import type { DescribedToken } from './describe-token.js';
import { formatTable } from './format-table.js';
import { printable } from './printable.js';

interface Options {
  readonly owner?: string;
  readonly state?: TokenState;
  readonly json?: true;
}

/** `scrip token list`: one token a line, newest first. */
export function defineTokenList(token: Command): void {
  token
    .command('list')
    .description('list the tokens that were ever issued, newest first')
    .option('--owner <name>', 'only those of this user')
    .option('--state <state>', 'only those that are active, paused, expired or revoked', parseState)
    .option('--json', 'as a JSON array')
    .action(list);
}

async function list({ json, ...filter }: Options): Promise<void> {
  const { withDatabase } = await import('./with-database.js');
  const found = await withDatabase((database) => readAll(database, filter));
  process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : table(found));
}

async function readAll(database: PooledDatabase, { owner, state }: Options): Promise<DescribedToken[]> {
  const [{ createUserByName }, { UserNotFound }, { listTokens }, { createDescribeToken }] = await Promise.all([
    import('../users/read-users.js'),
    import('../users/errors.js'),
    import('../tokens/read-tokens.js'),
    import('./describe-token.js'),
  ]);
  const user = owner === undefined ? undefined : await createUserByName(database)(owner);
  if (owner !== undefined && user === undefined) throw new UserNotFound();
  const describe = createDescribeToken(database);
  const found: DescribedToken[] = [];
  for (let after: [string] | undefined, hasNextPage = true; hasNextPage; ) {
    const page = await listTokens(database, { first: 100, after }, { ownerId: user?.id, state });
    found.push(...(await Promise.all(page.rows.map(describe))));
    const last = found.at(-1);
    after = last && [last.id];
    hasNextPage = page.hasNextPage;
  }
  return found;
}

function parseState(text: string): TokenState {
  const state = text.toUpperCase();
  if (state === 'ACTIVE' || state === 'PAUSED' || state === 'EXPIRED' || state === 'REVOKED') return state;
  throw new InvalidArgumentError('The states are active, paused, expired and revoked.');
}

function table(found: readonly DescribedToken[]): string {
  const rows = found.map((token) => [
    token.id,
    token.state.toLowerCase(),
    token.owner.username ?? '',
    printable(token.name),
    token.hint,
    token.expiresAt?.toISOString() ?? 'never',
    token.lastUsedAt?.toISOString() ?? 'never',
    token.scopes.join(','),
  ]);
  return formatTable([['ID', 'STATE', 'OWNER', 'NAME', 'SECRET', 'ENDS', 'LAST USED', 'SCOPES'], ...rows]);
}
