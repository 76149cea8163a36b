// Scrip, as `npm start` builds it.
import '../../tools/build.mjs';
import '../../tools/build-web.mjs';
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

/** Transpiles the peers like Scrip, so that no compiler is in any process that is measured. */
export async function buildPeers(): Promise<void> {
  const folder = `${import.meta.dirname}/contenders`;
  await build({
    entryPoints: readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
    outdir: `${import.meta.dirname}/dist`,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
  });
}
