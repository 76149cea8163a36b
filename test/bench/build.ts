// Scrip, as `npm start` builds it.
import '../../tools/build.mjs';
import '../../tools/build-web.mjs';
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

/** Transpiles the peers and what sends requests like Scrip, so that no compiler is in any process that is measured. */
export async function buildPeers(): Promise<void> {
  const folder = `${import.meta.dirname}/contenders`;
  const peers = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  await build({
    entryPoints: [
      ...peers.map((file) => ({ in: `${folder}/${file}`, out: file.replace(/\.ts$/, '') })),
      { in: `${import.meta.dirname}/open-loop.ts`, out: 'open-loop' },
    ],
    outdir: `${import.meta.dirname}/dist`,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
  });
}
