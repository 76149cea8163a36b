/**
 * `npm run bench -- [--quick] [--rounds 3] [--seconds 2] [--only q1,m2] [--connections 1,16,64] [--contenders scrip,floor]`
 * measures Scrip and its peers side by side on this machine. A run without these options takes a quarter of an hour, and
 * writes `result.md` and `result.svg`; `--quick` takes a minute and only prints.
 *
 * `npm run bench -- --growth` measures Scrip alone, from ten thousand to ten million entries and a million tokens;
 * `npm run bench -- --soak 10` watches its memory under load for so many minutes; `npm run bench -- --abuse` sends it
 * hostile requests.
 */
import { parseArgs } from 'node:util';
import { measureAbuse } from './abuse.js';
import { buildPeers } from './build.js';
import { compare } from './compare.js';
import { measureGrowth } from './growth.js';
import { install } from './install.js';
import { CONTENDERS } from './line-up.js';
import { OPERATIONS } from './operations.js';
import { selectNamed } from './select-named.js';
import { soak } from './soak.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    connections: { type: 'string' },
    contenders: { type: 'string' },
    growth: { type: 'boolean', default: false },
    soak: { type: 'string' },
    abuse: { type: 'boolean', default: false },
  },
});

const { quick, only } = values;
const length = {
  connections: (values.connections ?? '1,16,64').split(',').map(Number),
  rounds: Number(values.rounds ?? (quick ? 1 : 3)),
  seconds: Number(values.seconds ?? (quick ? 1 : 2)),
};

if (values.abuse) await measureAbuse();
else {
  install();
  await buildPeers();
  if (values.soak !== undefined) await soak(Number(values.soak));
  else if (values.growth) await measureGrowth(length);
  else await comparePeers();
}

async function comparePeers(): Promise<void> {
  const contenders = values.contenders ?? (quick ? 'scrip,floor,mercurius' : undefined);
  await compare(selectNamed(CONTENDERS, contenders), {
    ...length,
    operations: selectNamed(OPERATIONS, only),
    starts: quick ? 1 : 3,
    isKept: [contenders, only, values.connections].every((choice) => choice === undefined),
  });
}
