/** Processor time as Linux counts it in /proc, in seconds. Elsewhere it is not known. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Units of processor time in /proc, per second: `getconf CLK_TCK` is 100 on every platform that Node runs on. */
const TICKS = 100;

/** What took processor time up to a moment. */
export interface ProcessorTimes {
  /** In seconds, of the clock. */
  readonly at: number;
  /** The contender's process, with all its threads. */
  readonly server: number;
  /** PostgreSQL, with all its backends. */
  readonly database: number;
  /** This program, and the load generators that it ran. */
  readonly generator: number;
  /** Every process of this machine, and what the host took from it. */
  readonly machine: number;
}

/** Reads them; undefined without /proc. */
export function readTimes(pids: { readonly server: number; readonly postmaster: number }): ProcessorTimes | undefined {
  try {
    return {
      at: performance.now() / 1_000,
      server: timesOf(pids.server).own,
      database: familySeconds(pids.postmaster),
      generator: familySeconds(process.pid),
      machine: machineSeconds(),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The part of the machine, from 0 to 1, that others took between two moments. */
export function othersShare(
  before: ProcessorTimes,
  after: ProcessorTimes,
  processors = availableParallelism(),
): number {
  const took = (what: keyof ProcessorTimes) => after[what] - before[what];
  const others = took('machine') - took('server') - took('database') - took('generator');
  // Each of these is rounded to a tick of its own, so that nothing can come out as less than nothing.
  return Math.max(0, others) / (took('at') * processors);
}

/** The process that started another one. */
export function parentOf(pid: number): number {
  return timesOf(pid).parent;
}

/** A process, its children, and the children that have ended. */
function familySeconds(pid: number): number {
  const { own, ended } = timesOf(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + ownSecondsIfAlive(Number(child)), own + ended);
}

function ownSecondsIfAlive(pid: number): number {
  try {
    return timesOf(pid).own;
  } catch {
    return 0; // it has ended since, and its parent counts it from the next look on
  }
}

/** See proc_pid_stat(5). Fields are counted from the one behind the name, which may hold anything. */
function timesOf(pid: number): { parent: number; own: number; ended: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, own: (user + system) / TICKS, ended: (endedUser + endedSystem) / TICKS };
}

/** See proc_stat(5): all but the idle time, and but that of guests, which `user` contains. */
function machineSeconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}
