import { findGenerator } from './load.js';
import { OPERATIONS } from './operations.js';
import { requestsFor } from './requests.js';
import { withScrip } from './scrip.js';
import { median } from './statistics.js';

const CONNECTIONS = 16;
const STEPS = 20;

/** Puts all operations on Scrip for so many minutes, and prints its memory as it goes, and at last whether that grew. */
export async function soak(minutes: number): Promise<void> {
  const generator = await findGenerator();
  const seconds = Math.max(1, Math.round((minutes * 60) / STEPS)); // wrk counts in whole ones
  await withScrip(async ({ server, pages, secrets }) => {
    process.stdout.write('| minute | memory, MiB | requests per second |\n|--:|--:|--:|\n');
    const memory: number[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const load = requestsFor({ server, pages }, OPERATIONS, secrets);
      const { requests, failed } = await generator.send({ ...load, connections: CONNECTIONS, seconds });
      if (failed > 0) throw new Error(`${failed} requests got no response.`);
      memory.push(server.residentMiB());
      const figures = [(step * seconds) / 60, server.residentMiB(), requests / seconds].map((figure) =>
        figure.toFixed(1),
      );
      process.stdout.write(`| ${figures.join(' | ')} |\n`);
    }
    // The first third warms up: compilers and pools take what they need.
    const third = Math.floor(STEPS / 3);
    const [middle, last] = [memory.slice(third, 2 * third), memory.slice(-third)].map(median);
    process.stdout.write(
      `\nMedian of the second third ${middle?.toFixed(1)} MiB, of the last ${last?.toFixed(1)} MiB.\n`,
    );
  });
}
