import { chmod, cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from './program.js';

/** A copy of what is built and of what that reads, in a folder of some mode; the packages are linked. */
export async function makeCheckout(mode: number): Promise<string> {
  const checkout = await makeDirectory();
  for (const name of ['dist', 'drizzle', 'schema', 'src', 'tools', 'package.json', 'package-lock.json']) {
    await cp(name, join(checkout, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(process.cwd(), 'node_modules'), join(checkout, 'node_modules'));
  await chmod(checkout, mode);
  return checkout;
}
