import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

/** `scrip token pause`: every node refuses the token from the next request on, until it is resumed. */
export function defineTokenPause(token: Command): void {
  token
    .command('pause')
    .description('pause a token, at once, until it is resumed; pausing it again is no error')
    .argument('<id>', 'the id that `scrip token list` shows')
    .action(pauseTokenById);
}

/** `scrip token resume`: a paused token is valid again. */
export function defineTokenResume(token: Command): void {
  token
    .command('resume')
    .description('make a paused token valid again; it is no error if it is not paused')
    .argument('<id>', 'the id that `scrip token list` shows')
    .action(resumeTokenById);
}

async function pauseTokenById(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { pauseToken }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../tokens/pause-token.js'),
  ]);
  const token = await withDatabase((database) => pauseToken(database, parseId(id), COMMAND_LINE));
  process.stderr.write(`Paused the token ${token.id}.\n`);
}

async function resumeTokenById(id: string): Promise<void> {
  const [{ withDatabase }, { parseId }, { resumeToken }] = await Promise.all([
    import('./with-database.js'),
    import('../input.js'),
    import('../tokens/resume-token.js'),
  ]);
  const token = await withDatabase((database) => resumeToken(database, parseId(id), COMMAND_LINE));
  process.stderr.write(`Resumed the token ${token.id}.\n`);
}
