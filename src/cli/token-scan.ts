import type { Command } from 'commander';
import { readSourceFile, type SourceFile } from './source-file.js';

/** `scrip token scan`: finds secrets that lie in files; ends with 1 if there are any, so that a hook can stop a commit. */
export function defineTokenScan(token: Command): void {
  token
    .command('scan')
    .description('find secrets of tokens in files, and print where they are; the status is 1 if there are any')
    .argument('<files...>', 'files of any kind', addFile)
    .action(scanFiles);
}

/** Commander parses the arguments one by one. */
function addFile(name: string, files: readonly SourceFile[] = []): SourceFile[] {
  return [...files, readSourceFile(name)];
}

async function scanFiles(files: readonly SourceFile[]): Promise<void> {
  const { scan } = await import('../tokens/scan.js');
  for (const { name, body } of files) {
    for (const { line, column, hint } of scan(body)) {
      process.stdout.write(`${name}:${line}:${column}: ${hint}\n`);
      process.exitCode = 1;
    }
  }
}
