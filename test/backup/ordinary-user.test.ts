import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canBeUnprivileged } from '../embedded-postgres/process.js';
import { makeCheckout } from '../process/checkout.js';
import { makeDirectory, scrip } from '../process/program.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const { uid, gid } = UNPRIVILEGED;

// As root; an ordinary user who runs the tests of this folder is one in all of them.
it.runIf(canBeUnprivileged)(
  'An ordinary user backs up a database that is not served, checks the backup and restores it',
  { timeout: 120_000 },
  async () => {
    const [checkout, folder] = [await makeCheckout(0o755), await makeDirectory()];
    await scrip(['--version'], { env: {}, checkout }); // builds what is out of date, in a folder that the user cannot write to
    await chown(folder, uid, gid);
    const [file, first, second] = [join(folder, 'scrip.tar'), join(folder, 'first'), join(folder, 'second')];
    const run = async (home: string, args: readonly string[]) => {
      const wrapper = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
      const env = { SCRIP_HOME: home, TMPDIR: folder };
      const { status, stdout, stderr } = await scrip(args, { env, wrapper, checkout, input: 'correct horse battery' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
      return stdout;
    };
    await run(first, ['migrate']);
    await run(first, ['user', 'create', 'alice', '--admin', '--password-stdin']);
    await run(first, ['backup', file]);

    expect(await run(second, ['backup', 'check', file])).toContain(' is sound: 1 user, 0 entries.\n');
    await run(second, ['restore', file, '--admin', 'alice', '--password-stdin']);
    expect(await run(second, ['ledger', 'verify'])).toBe('The ledger is sound: 1 user, 0 entries.\n');
  },
);
