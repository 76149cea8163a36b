import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

/** Opens the database of the home given as argument, says so in one line of JSON, and closes it when its input ends. */
const log: string[] = [];
try {
  const opened = await openEmbeddedPostgres({ home: String(process.argv[2]), log: (message) => log.push(message) });
  process.stdout.write(`${JSON.stringify({ ...opened, log })}\n`);
  for await (const _ of process.stdin);
  await opened.close();
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error instanceof Error ? error.message : 'no Error', log })}\n`);
}
