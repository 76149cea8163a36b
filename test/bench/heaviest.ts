import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A CPU profile as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
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

function keyOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.startsWith('file:') ? relative('.', fileURLToPath(url)) : url;
  return `${functionName || '(anonymous)'}\t${file && `${file}:${lineNumber + 1}`}`;
}
