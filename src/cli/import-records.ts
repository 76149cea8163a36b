import type { ImportUsers } from '../accounts/import-users.js';
import type { Imported, PointsImport } from '../points/import-points.js';
import type { ImportedChange } from '../points/parse-import.js';
import type { OpenedFile } from './import-file.js';
import type { ImportRecord } from './import-record.js';
import { catchInterruption } from './interruption.js';
import { excerpt, printable } from './printable.js';
import { createProgress, type Progress } from './progress.js';

/** The number of records by outcome. */
type Count = Record<Imported['outcome'], number>;

interface Records {
  readonly opened: OpenedFile;
  /** The system whose ids of users the records have; undefined: they have none. */
  readonly issuer: string | undefined;
  readonly points: PointsImport;
  readonly users: Pick<ImportUsers, 'undeleted' | 'deleteUndeleted'>;
}

const BATCH = 1_000;

/**
 * Imports in batches, so that a file of any size can be read. Once a record was read the counts are printed, however the
 * import ends. What was done is not undone, and not done again.
 *
 * Users who are deleted in the file are deleted after its last record, unless a record failed: it could not be imported
 * any more once it is corrected.
 */
export async function importRecords({
  opened: { records, share, hasBrokenText },
  issuer,
  points,
  users,
}: Records): Promise<void> {
  const count: Count = { DONE: 0, DONE_BEFORE: 0, FAILED: 0 };
  const progress = createProgress();
  const interruption = catchInterruption();
  let hasBegun = false;
  let hasEnded = false;
  let batch: ImportedChange[] = [];
  const lineOf = new Map<ImportedChange, ReadLine>();
  const report = (results: ReadonlyMap<ImportedChange, Imported>) => {
    const failed: [ReadLine, reason: string][] = [];
    for (const [change, result] of results) {
      const line = lineOf.get(change);
      if (line === undefined) throw new Error('A result has no line.');
      lineOf.delete(change);
      count[result.outcome]++;
      if (result.outcome === 'FAILED') failed.push([line, result.reason]);
    }
    failed.sort(([one], [other]) => one.number - other.number);
    for (const [line, reason] of failed) printFault(progress, line, reason);
  };
  const applyBatch = async () => {
    report(await points.apply(batch));
    batch = [];
  };
  try {
    for await (const record of records) {
      hasBegun = true;
      const fault = hasBrokenText() ? faultOfBrokenText(record) : undefined;
      const change = fault ?? (await parseRecord(record, issuer));
      if (typeof change === 'string') {
        count.FAILED++;
        printFault(progress, lineIn(record), change);
      } else {
        lineOf.set(change, lineIn(record));
        if (batch.push(change) === BATCH) await applyBatch();
      }
      if (interruption.signal() !== undefined) break;
      progress.show(share(), `line ${record.line}`);
    }
    if (interruption.signal() === undefined) {
      await applyBatch();
      report(points.finish());
    }
    hasBegun = true;
    if (interruption.signal() === undefined && count.FAILED === 0) await users.deleteUndeleted();
    hasEnded = interruption.signal() === undefined;
  } finally {
    progress.clear();
    interruption.release();
    if (hasBegun) printCount(count);
    if (hasBegun && !hasEnded) process.stderr.write(STOPPED);
    else if (users.undeleted > 0) process.stderr.write(UNDELETED);
    if (count.FAILED > 0) process.exitCode = 1;
    process.exitCode = interruption.exitCode() ?? process.exitCode;
  }
}

const STOPPED = 'The import stopped before the end of the file. Run it again: nothing is done twice.\n';

const UNDELETED =
  'Users who are deleted in the file are not deleted here yet, because lines failed. Correct these and import the file again.\n';

function printCount({ DONE, DONE_BEFORE, FAILED }: Count): void {
  process.stdout.write(`Lines done: ${DONE}, done before: ${DONE_BEFORE}, failed: ${FAILED}.\n`);
}

/** What a message says of a record: many may wait for others, so that no more is kept of them. */
interface ReadLine {
  readonly number: number;
  /** The beginning of the text that was read. */
  readonly start: string;
}

function lineIn({ line, text }: ImportRecord): ReadLine {
  return { number: line, start: excerpt(text) };
}

/** The change that a record asks for; or what is wrong with it. */
async function parseRecord(record: ImportRecord, issuer: string | undefined): Promise<ImportedChange | string> {
  const [{ BadUserInput }, { parseImport }] = await Promise.all([
    import('../errors.js'),
    import('../points/parse-import.js'),
  ]);
  if ('fault' in record) return record.fault;
  try {
    return parseImport(record.fields, issuer);
  } catch (error) {
    if (error instanceof BadUserInput) return error.message;
    throw error;
  }
}

/** Names the field with bytes of another encoding, in a file that has some. */
function faultOfBrokenText(record: ImportRecord): string | undefined {
  if ('fault' in record) return undefined;
  const broken = Object.entries(record.fields).find(([, value]) => JSON.stringify(value ?? '').includes('\ufffd'));
  return broken && `${broken[0]} is not UTF-8.`;
}

/** Names the line, what is wrong with it, and the text that was read. */
function printFault(progress: Progress, { number, start }: ReadLine, fault: string): void {
  const read = start === '' ? '' : ` Read: ${start}`;
  progress.clear();
  process.stderr.write(`line ${number}: ${printable(fault)}${read}\n`);
}
