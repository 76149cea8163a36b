import { RATES } from './mixed-load.js';
import { cell, has, meanRatio, mixedCell, type Report, ratio } from './report.js';
import { isTrusted, MAX_OTHERS_SHARE } from './stability.js';
import { geometricMean } from './statistics.js';
import { compareWithTargets } from './targets.js';

/** Writes a report as Markdown. */
export function render(report: Report): string {
  const measured = report.operations.length > 0;
  const sections = [
    `${report.about.join(' · ')}`,
    conditions(report),
    ...(measured && has(report, 'floor') ? [overview(report)] : []),
    ...(measured && report.connections.includes(1) ? [processorTime(report)] : []),
    ...(report.mixed.length > 0 ? [mixed(report)] : []),
    ...(measured && has(report, 'scrip') ? [cells(report)] : []),
    ...(measured ? [figures(report)] : []),
    processes(report),
    ...(has(report, 'scrip') ? [targets(report)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Whether the figures can be trusted. */
function conditions({ samples, mixed, warmUps }: Report): string {
  const all = [...samples, ...mixed];
  const untrusted = all.filter((sample) => !isTrusted(sample)).length;
  const unsettled = warmUps.filter(({ isStable }) => !isStable);
  const names = unsettled.map(({ contender, operation, connections }) => `${contender} ${operation} @${connections}`);
  const share = `${MAX_OTHERS_SHARE * 100} % of the processors`;
  return [
    all.some(({ othersShare }) => othersShare === undefined)
      ? 'What others took of this machine meanwhile is not known: there is no /proc.'
      : `In ${untrusted} of ${all.length} measurements other processes took more than ${share}, also when they were repeated. These are not to be trusted: †2 marks the median of a cell that has two of them.`,
    unsettled.length === 0
      ? 'The processor time per request had settled in every warm-up.'
      : `In ${unsettled.length} of ${warmUps.length} warm-ups the processor time per request had not settled when the time was over: ${names.join(', ')}.`,
  ].join('\n');
}

/** All contenders in proportion to the floor. */
export function overview(report: Report): string {
  const rows = report.contenders.map(({ name, title }) => [
    title,
    ...report.connections.map((connections) => meanRatio(report, { contender: name, connections }, 'floor').toFixed(2)),
  ]);
  return section(
    'Requests per second, as multiples of the floor: the geometric mean over the operations.',
    ['', ...at(report)],
    rows,
  );
}

function processorTime(report: Report): string {
  const found = report.operations.map(({ name: operation }) =>
    report.contenders.map(({ name: contender }) => cell(report, { contender, operation, connections: 1 })),
  );
  const rows = found.map((cells, index) => [
    report.operations[index]?.name ?? '',
    ...cells.map(({ cpuUsPerRequest, untrusted }) => `${Math.round(cpuUsPerRequest)}${mark(untrusted)}`),
  ]);
  const means = report.contenders.map((_, column) =>
    String(Math.round(geometricMean(found.map((cells) => cells[column]?.cpuUsPerRequest ?? Number.NaN)))),
  );
  return section(
    'Processor time of the server’s process per request at one connection, in µs.',
    ['', ...report.contenders.map(({ title }) => title)],
    [...rows, ['geometric mean', ...means]],
  );
}

function mixed(report: Report): string {
  const rows = RATES.flatMap((rate) =>
    report.contenders.map(({ name: contender, title }) => {
      const found = mixedCell(report, { contender, rate });
      return [
        `${rate}/s ${title}${mark(found.untrusted)}`,
        found.p50Ms.toFixed(2),
        found.p99Ms.toFixed(1),
        String(Math.round(found.cpuUsPerRequest)),
        String(Math.round(found.databaseUsPerRequest)),
      ];
    }),
  );
  return section(
    'A mixed load at a fixed rate: of 20 requests 9 read a user with points, 4 add and 3 spend points with an idempotency key, 2 read a history and 2 the leaderboard. Latency counts from the moment at which a request was meant to be sent.',
    ['', 'p50, ms', 'p99, ms', 'server, µs per request', 'PostgreSQL, µs per request'],
    rows,
  );
}

/** Scrip in proportion to each other contender, operation by operation. */
function cells(report: Report): string {
  return report.contenders
    .filter(({ name }) => name !== 'scrip')
    .map(({ name, title }) => {
      const rows = report.operations.map((operation) => [
        `${operation.name}: ${operation.title}`,
        ...report.connections.map((connections) =>
          ratio(report, { contender: 'scrip', operation: operation.name, connections }, name).toFixed(2),
        ),
      ]);
      const means = report.connections.map((connections) =>
        meanRatio(report, { contender: 'scrip', connections }, name).toFixed(2),
      );
      return section(`Scrip to ${title}.`, ['', ...at(report)], [...rows, ['geometric mean', ...means]]);
    })
    .join('\n\n');
}

function figures(report: Report): string {
  const rows = report.operations.flatMap((operation) =>
    report.connections.map((connections) => [
      `${operation.name} @${connections}`,
      ...report.contenders.map((contender) => {
        const found = cell(report, { contender: contender.name, operation: operation.name, connections });
        const speed = `${Math.round(found.perSecond)} ±${Math.round(found.spread * 100)}%${mark(found.untrusted)}`;
        const cost = `${Math.round(found.cpuUsPerRequest)} + ${Math.round(found.databaseUsPerRequest)}`;
        return `${speed}, ${short(found.p50Ms)}/${short(found.p99Ms)}, ${cost}`;
      }),
    ]),
  );
  return section(
    'Medians on this machine: requests per second with their spread ((max - min) / median), p50/p99 in ms, and the processor time per request in µs, of the server’s process and of PostgreSQL.',
    ['', ...report.contenders.map(({ title }) => title)],
    rows,
  );
}

function processes(report: Report): string {
  const rows = report.processes.map(({ contender, startMs, idleMiB, loadedMiB }) => [
    report.contenders.find(({ name }) => name === contender)?.title ?? contender,
    String(Math.round(startMs)),
    String(Math.round(idleMiB)),
    String(Math.round(loadedMiB)),
  ]);
  return section(
    'Each process: from its start to the first correct response, and its memory, a minute after the start without requests and after the load.',
    ['', 'start, ms', 'idle, MiB', 'after the load, MiB'],
    rows,
  );
}

function targets(report: Report): string {
  const rows = compareWithTargets(report).map(({ target, wanted, found, isMet }) => [
    target,
    wanted,
    found,
    isMet ? 'met' : '**missed**',
  ]);
  return section('Targets.', ['', 'wanted', 'found', ''], rows);
}

const at = ({ connections }: Report) => connections.map((count) => `@${count}`);

const mark = (untrusted: number) => (untrusted > 0 ? ` †${untrusted}` : '');

const short = (ms: number) => (ms < 10 ? ms.toFixed(1) : String(Math.round(ms)));

/** A table in Markdown, with what it shows. */
export function section(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cellTexts: readonly string[]) => `| ${cellTexts.join(' | ')} |`;
  return [caption, '', line(head), `|---|${'--:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}
