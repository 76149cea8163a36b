import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A CPU profile as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    /** Lines and columns count from 0. */
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  /** Ids of the nodes that were on top of the stack. */
  readonly samples: readonly number[];
  /** Microseconds before each of them. */
  readonly timeDeltas: readonly number[];
}

/** A function, and its share of the time in which the process was busy, without the functions that it called. */
export interface HotFunction {
  readonly name: string;
  /** File and line. */
  readonly position: string;
  readonly share: number;
}

/** The functions of a profile, those with the largest share first. */
export function hotFunctions({ nodes, samples, timeDeltas }: CpuProfile): HotFunction[] {
  const keys = new Map(nodes.map(({ id, callFrame }) => [id, keyOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const key = keys.get(id) ?? '';
    times.set(key, (times.get(key) ?? 0) + (timeDeltas[index] ?? 0));
  }
  times.delete('(idle)\t');
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .map(([key, time]) => {
      const [name = '', position = ''] = key.split('\t');
      return { name, position, share: time / busy };
    });
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

function keyOf(frame: CallFrame): string {
  return `${frame.functionName || '(anonymous)'}\t${frame.url.startsWith('file:') ? positionIn(frame) : frame.url}`;
}

/** File and line of a function; in a bundle, those of its source. */
function positionIn({ url, lineNumber, columnNumber }: CallFrame): string {
  const file = fileURLToPath(url);
  const entry = sourceMapOf(file)?.findEntry(lineNumber, columnNumber);
  return entry !== undefined && 'originalSource' in entry
    ? `${relative('.', resolve(dirname(file), entry.originalSource))}:${entry.originalLine + 1}`
    : `${relative('.', file)}:${lineNumber + 1}`;
}

const sourceMaps = new Map<string, SourceMap | undefined>();

function sourceMapOf(file: string): SourceMap | undefined {
  if (!sourceMaps.has(file)) {
    const map = `${file}.map`;
    sourceMaps.set(file, existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, 'utf8'))) : undefined);
  }
  return sourceMaps.get(file);
}
