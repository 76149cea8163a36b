import { type Command, InvalidArgumentError } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { parseDateTime } from '../date-time.js';
import { counted } from './counted.js';
import { findOwner } from './find-owner.js';

interface Options {
  readonly owner?: string;
  readonly issuedBefore?: Date;
}

/** `scrip token revoke`: every node refuses the tokens from the next request on. */
export function defineTokenRevoke(token: Command): void {
  token
    .command('revoke')
    .description('revoke one token, or those of a user, or those issued before a time, at once; again is no error')
    .argument('[id]', 'the id that `scrip token list` shows')
    .option('--owner <name>', 'every token of this user')
    .option('--issued-before <time>', 'every token that was issued before, such as 2026-11-30T12:00:00Z', parseTime)
    .action(async (id: string | undefined, options: Options) => {
      const hasFilter = options.owner !== undefined || options.issuedBefore !== undefined;
      if ((id === undefined) !== hasFilter)
        throw new InvalidArgumentError('Give the id of one token, or --owner or --issued-before.');
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database) => (id === undefined ? revokeAll(database, options) : revokeOne(database, id)));
    });
}

async function revokeOne(database: PooledDatabase, id: string): Promise<void> {
  const [{ parseId }, { revokeToken }, { TokenNotFound }] = await Promise.all([
    import('../input.js'),
    import('../tokens/revoke-token.js'),
    import('../tokens/errors.js'),
  ]);
  const token = await revokeToken(database, { id: parseId(id) }, COMMAND_LINE, 'Mutation.revokeToken');
  if (token === undefined) throw new TokenNotFound();
  process.stderr.write(`Revoked the token ${token.id}.\n`);
}

/** One by one: what was revoked before an interruption stays revoked, and the command can be run again. */
async function revokeAll(database: PooledDatabase, { owner, issuedBefore }: Options): Promise<void> {
  const [{ findWorkingTokens }, { revokeToken }] = await Promise.all([
    import('../tokens/find-working-tokens.js'),
    import('../tokens/revoke-token.js'),
  ]);
  const ownerId = owner === undefined ? undefined : (await findOwner(database, owner)).id;
  const find = () => findWorkingTokens(database, { ownerId, issuedBefore });
  let revoked = 0;
  // Again until there are none: a token may issue another one, or rotate itself, before its turn.
  for (let ids = await find(); ids.length > 0; ids = await find()) {
    for (const id of ids) {
      await revokeToken(database, { id }, COMMAND_LINE, 'Mutation.revokeToken');
      process.stderr.write(`Revoked the token ${id}.\n`);
    }
    revoked += ids.length;
  }
  process.stderr.write(`${counted(revoked, 'token')} revoked.\n`);
}

function parseTime(text: string): Date {
  const time = parseDateTime(text);
  if (time !== undefined) return time;
  throw new InvalidArgumentError('Write a date and time with its zone, such as 2026-11-30T12:00:00Z.');
}
