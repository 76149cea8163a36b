/**
 * `npm run bench` measures Scrip and its peers side by side on this machine, and writes `result.md` and `result.svg`;
 * it takes 45 minutes. Options take a part of it, which is only printed:
 *
 *   --operations user,mixed  --connections 1,64    --contenders scrip,floor    --rounds 5    --seconds 2
 *   --quick                  one round of a second, hardly warmed up: whether it works
 *
 * The other modes measure Scrip alone:
 *
 *   --compare <directory or commit> ...   this checkout and others, side by side
 *   --counts                              promises, timers, writes and bytes of one request
 *   --growth                              from ten thousand to ten million entries, and a million tokens
 *   --soak 10                             its memory under load for so many minutes
 *   --abuse                               hostile requests
 */
import { parseArgs } from 'node:util';
import { measureAbuse } from './abuse.js';
import { buildPeers } from './build.js';
import { compareBuilds } from './compare-builds.js';
import { comparePeers } from './compare-peers.js';
import { countRequests } from './counts.js';
import { measureGrowth } from './growth.js';
import { install } from './install.js';
import { CONTENDERS } from './line-up.js';
import { MIXED } from './mixed-load.js';
import { OPERATIONS } from './operations.js';
import { createProgress } from './progress.js';
import { selectNamed } from './select-named.js';
import { soak } from './soak.js';
import { createRepeats } from './stability.js';

const { values, positionals } = parseArgs({
  allowPositionals: true, // more builds for --compare
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    operations: { type: 'string' },
    connections: { type: 'string' },
    contenders: { type: 'string' },
    compare: { type: 'string' },
    counts: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    soak: { type: 'string' },
    abuse: { type: 'boolean', default: false },
  },
});

const { quick } = values;
const length = {
  connections: (values.connections ?? '1,16,64').split(',').map(Number),
  rounds: Number(values.rounds ?? (quick ? 1 : 5)),
  seconds: Number(values.seconds ?? (quick ? 1 : 2)),
  mayRepeat: createRepeats(quick ? 0 : undefined),
  maxWarmUpSeconds: quick ? 1 : 8,
  progress: createProgress(),
};

if (values.abuse) await measureAbuse();
else {
  install();
  await buildPeers();
  if (values.soak !== undefined) await soak(Number(values.soak));
  else if (values.growth) await measureGrowth(length);
  else if (values.compare !== undefined) {
    await compareBuilds(['.', values.compare, ...positionals], {
      ...length,
      ...selected('user,add-key'),
      connections: (values.connections ?? '1').split(',').map(Number),
    });
  } else if (values.counts) {
    await countRequests(chosenContenders(), selected('user,add-key').operations);
  } else await measurePeers();
}

async function measurePeers(): Promise<void> {
  const { contenders, connections, rounds, seconds } = values;
  await comparePeers(chosenContenders(), {
    ...length,
    ...selected(undefined),
    starts: quick ? 1 : 3,
    idleSeconds: quick ? 1 : 60,
    isKept:
      !quick && [contenders, values.operations, connections, rounds, seconds].every((choice) => choice === undefined),
  });
}

function chosenContenders() {
  return selectNamed(CONTENDERS, values.contenders ?? 'scrip,floor,mercurius');
}

/** The operations that are named on the command line; without names, these. */
function selected(otherwise: string | undefined) {
  const names = (values.operations ?? otherwise)?.split(',');
  const single = names?.filter((name) => name !== MIXED);
  return {
    operations: single?.length === 0 ? [] : selectNamed(OPERATIONS, single?.join(',')),
    withMixedLoad: names === undefined || names.includes(MIXED),
  };
}
