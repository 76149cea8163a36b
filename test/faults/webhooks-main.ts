import { withPlantedSender } from './webhook-plant.js';
import { runWebhooks, type WebhookRun } from './webhooks.js';

/** So much that the kills come while there is more to deliver. */
const LOAD = { users: 50, entriesPerUser: 2_000, rounds: 2 };
const PLANTED_LOAD = { users: 20, entriesPerUser: 300, rounds: 1 };

/**
 * Kills the node that sends a webhook; then the same with a sender that notes progress before the response, which must be
 * noticed. Prints a Markdown list.
 *
 * @returns the exit status.
 */
export async function runWebhookFaults(): Promise<number> {
  const right = await runWebhooks(LOAD);
  process.stdout.write(`- Sender killed: ${describe(right)}\n`);
  const wrong = await withPlantedSender((program) => runWebhooks({ ...PLANTED_LOAD, program }));
  process.stdout.write(`- Planted, progress noted before the response: ${describe(wrong)}\n`);
  return right.violations.length === 0 && wrong.violations.length > 0 ? 0 : 1;
}

function describe({ entries, kills, repeated, violations }: WebhookRun): string {
  const first = violations.slice(0, 3).map((violation) => `\n  - ${violation}`);
  return `${entries} entries, ${kills} kills, ${repeated} repeated, ${violations.length} violations.${first.join('')}`;
}
