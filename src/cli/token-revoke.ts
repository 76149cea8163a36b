import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/** `scrip token revoke`: every node refuses the token from the next request on. */
export function defineTokenRevoke(token: Command): void {
  token
    .command('revoke')
    .description('revoke a token, at once; revoking it again is no error')
    .argument('<id>', 'the id that `scrip token list` shows')
    .action(revokeTokenById);
}

async function revokeTokenById(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { revokeToken }, { TokenNotFound }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../tokens/revoke-token.js'),
    import('../tokens/errors.js'),
  ]);
  const ref = { id: parseId(id) };
  const token = await withDatabase((database) => revokeToken(database, ref, COMMAND_LINE, 'Mutation.revokeToken'));
  if (token === undefined) throw new TokenNotFound();
  process.stderr.write(`Revoked the token ${token.id}.\n`);
}
