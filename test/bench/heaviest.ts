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

/** A function, and its part of the time in which the process was busy: its own, without what it called. */
export interface Heavy {
  readonly name: string;
  readonly place: string;
  readonly share: number;
}

/** The functions of a profile, the heaviest first. */
export function heaviest({ nodes, samples, timeDeltas }: CpuProfile): Heavy[] {
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
      const [name = '', place = ''] = key.split('\t');
      return { name, place, share: time / busy };
    });
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

function keyOf(frame: CallFrame): string {
  return `${frame.functionName || '(anonymous)'}\t${frame.url.startsWith('file:') ? placeIn(frame) : frame.url}`;
}

/** Where a function is written: of what was bundled, its own file. */
function placeIn({ url, lineNumber, columnNumber }: CallFrame): string {
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
