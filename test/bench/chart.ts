import { meanRatio, type Report } from './report.js';

const LEFT = 130;
const UNIT = 150;
const BAR = 16;
const GAP = 26;

/** Draws the mean ratio of each contender to the floor as bars, legible on light and on dark. The floor itself is the line at 1. */
export function drawChart(report: Report): string {
  const rivals = report.contenders.filter(({ name }) => name !== 'floor');
  const groups = report.connections.map((connections) =>
    rivals.map(({ name, title }) => ({ title, found: meanRatio(report, { contender: name, connections }, 'floor') })),
  );
  const height = 40 + groups.length * (rivals.length * BAR + GAP);
  const width = LEFT + Math.max(...groups.flat().map(({ found }) => found), 1) * UNIT + 50;
  const body = groups.flatMap((bars, index) => {
    const top = 40 + index * (rivals.length * BAR + GAP);
    const heading = `<text x="0" y="${top - 5}" class="heading">${report.connections[index]} at a time</text>`;
    return [heading, ...bars.map((bar, index) => drawBar(bar, top + index * BAR, index === 0))];
  });
  const line = LEFT + UNIT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" width="${Math.ceil(width)}" role="img">
<title>Requests per second, as multiples of node:http + pg without GraphQL</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .heading { font-weight: 600; fill: #222 }
  rect { fill: #a3abb8 }
  .ours { fill: #2f6fdb }
  line { stroke: #888; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #bbb }
    .heading { fill: #eee }
    rect { fill: #5c6675 }
    .ours { fill: #6ea0f5 }
  }
</style>
<text x="${line}" y="12" text-anchor="middle">node:http + pg, no GraphQL</text>
<line x1="${line}" x2="${line}" y1="18" y2="${height - GAP / 2}"/>
${body.join('\n')}
</svg>
`;
}

function drawBar({ title, found }: { title: string; found: number }, top: number, isOurs: boolean): string {
  const width = (found * UNIT).toFixed(1);
  const end = LEFT + found * UNIT + 6;
  return [
    `<text x="${LEFT - 8}" y="${top + 12}" text-anchor="end">${title}</text>`,
    `<rect x="${LEFT}" y="${top + 2}" width="${width}" height="${BAR - 4}" rx="2"${isOurs ? ' class="ours"' : ''}/>`,
    `<text x="${end.toFixed(1)}" y="${top + 12}">${found.toFixed(2)}</text>`,
  ].join('');
}
