/** A bug in the sender of webhooks, planted into a copy of the built server. */
import { readFile, rm, writeFile } from 'node:fs/promises';

const dist = new URL('../../dist/', import.meta.url);

/** Where an entry is sent, as it stands in the built server. */
const SEND = /const (\w+)=await (\w+)\(channel,turn,await contents\.ofEntry\((\w+)\)\);/g;

/** What notes the entry before: after a kill in between it is never accepted. */
const NOTE_FIRST = 'turn.delivered=$3.sequence;turn.until=$3.recordedAt;await notes.write(turn);';

/** Runs work with the path of a server that notes progress before the response. */
export async function withPlantedSender<Result>(work: (program: string) => Promise<Result>): Promise<Result> {
  // The build breaks lines where they are long.
  const text = (await readFile(new URL('main.js', dist), 'utf8')).replaceAll('\nchannel,turn,', 'channel,turn,');
  if ([...text.matchAll(SEND)].length !== 1)
    throw new Error('The place for the planted bug is not in the built server.');
  const planted = new URL(`planted-${process.pid}.js`, dist);
  await writeFile(planted, text.replace(SEND, `${NOTE_FIRST}$&`));
  try {
    return await work(planted.pathname);
  } finally {
    await rm(planted, { force: true });
  }
}
