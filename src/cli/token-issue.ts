import { type Command, InvalidArgumentError } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import type { Jwts } from '../auth/jwt.js';
import { isScope, SCOPES, type Scope } from '../auth/scope.js';
import type { Config } from '../config.js';
import { defineLimitOptions, type LimitOptions, limitsIn } from './limit-options.js';
import { parseDuration } from './parse-duration.js';
import { addSourceFiles } from './read-operations.js';
import type { SourceFile } from './source-file.js';

interface Options extends LimitOptions {
  readonly owner: string;
  readonly name: string;
  readonly scopes?: readonly Scope[];
  readonly for?: readonly SourceFile[];
  /** Milliseconds. */
  readonly expiresIn?: number;
  readonly jwt?: true;
  readonly json?: true;
}

/** `scrip token issue`: prints the secret, alone. */
export function defineTokenIssue(token: Command): void {
  const command = token
    .command('issue')
    .description('issue a token and print its secret, which is shown this once')
    .requiredOption('--owner <name>', 'the user whom it is issued to')
    .requiredOption('--name <label>', 'a name to recognise it by')
    .option(
      '--scopes <list>',
      `what it may do, separated by commas: ${SCOPES.join(', ')}; with --for by default what its operations require`,
      parseScopes,
    )
    .option(
      '--for <folder>',
      'issue it for the operations in the .graphql and .gql files of a folder only; repeatable',
      addSourceFiles,
    )
    .option(
      '--expires-in <duration>',
      'when it ends: 30d, 12h, 15m or 45s from now; without it, never',
      parseDuration(36_525),
    );
  defineLimitOptions(command)
    .option('--jwt', 'as a signed JSON Web Token instead of a random string')
    .option('--json', 'as a JSON object with the fields of the token')
    .action((options: Options, command: Command) => {
      if (options.scopes === undefined && options.for === undefined) {
        command.error('error: give --scopes <list>, --for <folder> or both', { exitCode: 2 });
      }
      return issue(options);
    });
}

async function issue({ owner, name, expiresIn, jwt, json, ...given }: Options): Promise<void> {
  const [
    { withDatabase },
    { NO_ID, parseText },
    { issueToken },
    { limitsIfAny },
    { createUserByName },
    { createDescribeToken },
  ] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../tokens/issue-token.js'),
    import('../tokens/token.js'),
    import('../users/read-users.js'),
    import('./describe-token.js'),
  ]);
  const wanted = {
    name: parseText('--name', name, { min: 1, max: 100 }),
    expiresAt: expiresIn === undefined ? null : new Date(Date.now() + expiresIn),
    limits: limitsIfAny(limitsIn(given)),
    networks: given.network ?? null,
  };
  const issued = await withDatabase(async (database, config) => {
    const ownerId = (await createUserByName(database)(owner))?.id ?? NO_ID;
    const granted = { ...wanted, ...(await permissionsOf(given, config)), ownerId };
    const format = jwt ? 'JWT' : 'OPAQUE';
    const jwts = jwt ? await openJwts(config.jwt) : undefined;
    const { secret, token } = await issueToken({ database, jwts }, { ...granted, format }, COMMAND_LINE);
    return { secret, token: await createDescribeToken(database)(token) };
  });
  const end =
    issued.token.expiresAt === null ? 'It does not expire.' : `It expires at ${issued.token.expiresAt.toISOString()}.`;
  process.stderr.write(`Issued the token ${issued.token.id} to ${issued.token.owner.username}. ${end} Its secret:\n`);
  process.stdout.write(`${json ? JSON.stringify(issued, undefined, 2) : issued.secret}\n`);
}

/** What the token may do: the scopes that are named, or that its operations require, and these operations. */
async function permissionsOf({ scopes, for: files }: Pick<Options, 'scopes' | 'for'>, config: Config) {
  if (files === undefined) return { scopes: scopes ?? [], documents: [] };
  const { readTokenDocuments } = await import('./token-documents.js');
  const needed = await readTokenDocuments(files, config);
  if (scopes === undefined && needed.scopes.length === 0) {
    throw new Error('These operations require no scope. Name at least one in --scopes.');
  }
  return { scopes: scopes ?? needed.scopes, documents: needed.documents };
}

/** The keys of the server, which the settings name. */
async function openJwts(config: Config['jwt']): Promise<Jwts> {
  const [{ openKeyring }, { createJwts }] = await Promise.all([import('../auth/keyring.js'), import('../auth/jwt.js')]);
  return createJwts({ ...config, keyring: await openKeyring(config) });
}

function parseScopes(text: string): Scope[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const unknown = names.filter((name) => !isScope(name));
  if (names.length === 0 || unknown.length > 0) throw new InvalidArgumentError(`The scopes are ${SCOPES.join(', ')}.`);
  return names.filter(isScope);
}
