/** Loaded into a process before its own first line: writes the address of each module that the process loads. */
import { writeSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

/** Called in the thread of the hooks. */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  writeSync(2, `MODULE ${resolved.url}\n`);
  return resolved;
}
