/**
 * `npm run profile -- [--operations user,add] [--seconds 5] [--connections 16] [--out dist/scrip.cpuprofile]`: puts Scrip under
 * load, takes a CPU profile of the running process, writes it for the viewers of Chrome and VS Code, and prints the ten
 * functions in which most of the time was spent.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import '../../tools/build.mjs';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { type CpuProfile, hotFunctions } from './hot-functions.js';
import { openInspector } from './inspector.js';
import { install } from './install.js';
import { findGenerator } from './load.js';
import { OPERATIONS } from './operations.js';
import { requestsFor } from './requests.js';
import { withScrip } from './scrip.js';
import { selectNamed } from './select-named.js';

const { values } = parseArgs({
  options: {
    operations: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    out: { type: 'string', default: 'dist/scrip.cpuprofile' },
  },
});

install();
const generator = await findGenerator();
const port = await findFreePort();
await withScrip(
  async ({ server, pages, secrets }) => {
    const load = {
      ...requestsFor({ server, pages }, selectNamed(OPERATIONS, values.operations), secrets),
      connections: Number(values.connections),
      seconds: Number(values.seconds),
    };
    await generator.send({ ...load, seconds: 2 }); // what runs often is compiled by then
    const inspector = await openInspector(port);
    await inspector.call('Profiler.enable');
    await inspector.call('Profiler.start');
    const { requests } = await generator.send(load);
    const { profile } = await inspector.call<{ profile: CpuProfile }>('Profiler.stop');
    inspector.close();
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, JSON.stringify(profile));
    print(profile, requests);
  },
  [`--inspect=127.0.0.1:${port}`],
);

function print(profile: CpuProfile, requests: number): void {
  const rows = hotFunctions(profile)
    .slice(0, 10)
    .map(({ name, position, share }) => `${(share * 100).toFixed(1).padStart(5)}%  ${name}  ${position}\n`);
  process.stdout.write(`${requests} requests; the profile is in ${values.out}.\n\n${rows.join('')}`);
}
