import type { Command } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import type { UsedToday } from '../tokens/read-used-today.js';
import type { DescribedToken } from './describe-token.js';
import { printable } from './printable.js';
import { createRow } from './table-row.js';

/** A token with what it has used today. */
interface ShownToken extends DescribedToken {
  readonly documentCount: number;
  readonly today: UsedToday | null;
}

/** `scrip token show`: everything about a token but its secret. */
export function defineTokenShow(token: Command): void {
  token
    .command('show')
    .description('show a token: its state, scopes, limits, networks and what it has used today')
    .argument('<id>', 'the id that `scrip token list` shows')
    .option('--json', 'as a JSON object')
    .action(show);
}

async function show(id: string, { json }: { readonly json?: true }): Promise<void> {
  const [{ withDatabase }, { parseId }] = await Promise.all([import('./with-database.js'), import('../input.js')]);
  const token = await withDatabase((database) => read(database, parseId(id)));
  process.stdout.write(json ? `${JSON.stringify(token, undefined, 2)}\n` : table(token));
}

async function read(database: PooledDatabase, id: string): Promise<ShownToken> {
  const [{ createTokenById, countDocuments }, { createUsedToday }, { TokenNotFound }, { createDescribeToken }] =
    await Promise.all([
      import('../tokens/read-tokens.js'),
      import('../tokens/read-used-today.js'),
      import('../tokens/errors.js'),
      import('./describe-token.js'),
    ]);
  const token = await createTokenById(database)(id);
  if (token === undefined) throw new TokenNotFound();
  return {
    ...(await createDescribeToken(database)(token)),
    documentCount: token.hasDocuments ? await countDocuments(database, token) : 0,
    today: await createUsedToday(database)(token),
  };
}

const row = createRow([27]);

function table({ limits, today, documentCount, ...token }: ShownToken): string {
  const time = (at: Date | null) => at?.toISOString() ?? 'never';
  const rows: readonly (readonly [what: string, value: string | number | null | undefined])[] = [
    ['ID', token.id],
    ['NAME', printable(token.name)],
    ['STATE', token.state.toLowerCase()],
    ['OWNER', token.owner.username ?? ''],
    ['ISSUED BY', token.issuedBy ? token.issuedBy.username : 'the command line'],
    ['ISSUED', time(token.issuedAt)],
    ['ENDS', time(token.expiresAt)],
    ['LAST USED', time(token.lastUsedAt)],
    ['PAUSED', token.pausedAt?.toISOString()],
    ['REVOKED', token.revokedAt?.toISOString()],
    ['FORMAT', token.format],
    ['SECRET', token.hint],
    ['SCOPES', token.scopes.join(',')],
    ['NETWORKS', token.networks.join(',') || 'any'],
    ['DOCUMENTS', documentCount === 0 ? 'any' : documentCount],
    ['MAX PER CHANGE', limits?.maxPointsPerChange],
    ['MAX ADDED PER DAY', limits?.maxAddedPerDay],
    ['MAX SPENT PER DAY', limits?.maxSpentPerDay],
    ['MAX ADDED PER USER PER DAY', limits?.maxAddedPerUserPerDay],
    ['MAX SPENT PER USER PER DAY', limits?.maxSpentPerUserPerDay],
    ['REQUESTS PER MINUTE', limits?.requestsPerMinute],
    ['ADDED TODAY', today && (today.added ?? MORE)],
    ['SPENT TODAY', today && (today.spent ?? MORE)],
  ];
  return rows.map(([what, value]) => (value == null ? '' : row([what, String(value)]))).join('');
}

/** What a number cannot hold. */
const MORE = `more than ${Number.MAX_SAFE_INTEGER}`;
