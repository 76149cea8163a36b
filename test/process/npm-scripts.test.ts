import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { JWT_SECRET, makeDirectory } from './program.js';

const root = new URL('../../', import.meta.url);

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);

describe('npm', () => {
  it.for(['start', 'dev'])(
    'runs %s without a terminal, and forwards SIGTERM',
    { timeout: 60_000 },
    async (script, { database }) => {
      const home = await makeDirectory();
      const child = spawn('npm', ['run', '--silent', script], {
        cwd: root,
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          SCRIP_HOME: home,
          DATABASE_URL: database.url,
          JWT_SECRET,
          PORT: '0',
          LOG_LEVEL: 'debug',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true, // a process group of its own, of which nothing stays
      });
      const { pid = 0, stdout, stderr } = child;
      let said = '';
      stderr.on('data', (text) => (said += text));
      stdout.on('data', (text) => (said += text));
      const end = once(child, 'close').then(([status, signal]) => ({ status, signal }));
      onTestFinished(() => {
        try {
          process.kill(-pid, 'SIGKILL');
        } catch {
          // It has ended.
        }
      });
      while (!said.includes('Health ')) {
        if (child.exitCode !== null) throw new Error(`It ended: ${said}`);
        await once(stdout, 'data');
      }
      child.kill('SIGTERM'); // npm alone, as a supervisor does
      await end;
      expect(said).toMatch(/"stopping"/);
      if (script === 'start') expect(said).toContain(NODE_FLAGS.map((flag) => `"${flag}"`).join(','));
      await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH'), 5_000);
    },
  );

  it('runs every script in every shell: none uses shell syntax other than && and a leading exec', () => {
    const idioms = Object.entries(scripts).filter(([, text]) => /(^|\s)[A-Z_]+=|[$;'`*]|(?<!^|&& )\bexec\s/.test(text));
    expect(idioms).toEqual([]);
  });

  it('finds `exec` on Windows once the packages are installed', async () => {
    const folder = await makeDirectory();
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    const shim = join(folder, 'node_modules/.bin/exec.cmd');
    const run = async (platform: string) => {
      const disguise = `data:text/javascript,Object.defineProperty(process,"platform",{value:"${platform}"})`;
      const tool = new URL('tools/exec-on-windows.mjs', root).pathname;
      await once(spawn(process.execPath, ['--import', disguise, tool], { cwd: folder }), 'close');
      return existsSync(shim);
    };
    expect(await run('linux')).toBe(false);
    expect(await run('win32')).toBe(true);
    expect(readFileSync(shim, 'utf8')).toBe('@%*\r\n');
    expect(scripts['prepare']).toMatch(/^node tools\/exec-on-windows\.mjs && /);
  });
});
