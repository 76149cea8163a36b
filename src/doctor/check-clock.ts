import { readClock } from '../database/clock.js';
import { type Finding, fault, ok, type Subject, warning } from './finding.js';

/** The fastest of so many round trips tells the most. */
const ATTEMPTS = 5;

/** What access tokens of other nodes may differ by: see `src/auth/jwt.ts`. */
const FAULT_MS = 5_000;
const WARNING_MS = 1_000;

/** Compares the clock of this machine with the database's, to half a round trip. */
export async function checkClock({ database }: Subject, now: () => number): Promise<Finding> {
  let best = { ahead: 0, uncertainty: Number.POSITIVE_INFINITY, here: 0, there: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = performance.now();
    const begin = now();
    const there = (await readClock(database)).getTime();
    const uncertainty = (performance.now() - before) / 2;
    const here = Math.round(begin + uncertainty);
    if (uncertainty < best.uncertainty) best = { ahead: here - there, uncertainty, here, there };
  }
  const skew = Math.max(0, Math.abs(best.ahead) - best.uncertainty);
  const told = `This machine has ${iso(best.here)} and the database ${iso(best.there)}, ${difference(best)}`;
  if (skew < WARNING_MS) return ok(`${told}.`);
  const remedy = `${told}: set the clock that is wrong, by NTP such as chrony or systemd-timesyncd.`;
  return skew < FAULT_MS ? warning(remedy) : fault(remedy);
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

function difference({ ahead, uncertainty }: { readonly ahead: number; readonly uncertainty: number }): string {
  const seconds = (Math.abs(ahead) / 1_000).toFixed(3);
  return `which is ${seconds} s ${ahead < 0 ? 'later' : 'earlier'}, give or take ${(uncertainty / 1_000).toFixed(3)} s`;
}
