/** The picture of docs/architecture.md: which folders of src/ import which, as a Mermaid diagram. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { replaceSection } from './markdown.js';

/** Files in src/ that are drawn like folders. The others belong to no part of their own. */
const FILES = ['main', 'app', 'config', 'errors'];

/** docs/architecture.md, with the picture that follows from the imports. */
export function architecturePage(): string {
  const arrows = withoutDetours(readImports());
  const lines = [...arrows].flatMap(([from, targets]) => [...targets].map((to) => `  ${from} --> ${to}\n`));
  const diagram = `\`\`\`mermaid\nflowchart TD\n${lines.sort().join('')}\`\`\``;
  return replaceSection(readFileSync('docs/architecture.md', 'utf8'), 'folders', diagram);
}

/** For each part those that it imports. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

function readImports(): Imports {
  const program = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  const json = execFileSync(process.execPath, [program, 'src', '--output-type', 'json'], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  const { modules }: { modules: { source: string; dependencies: { resolved: string }[] }[] } = JSON.parse(json);
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = partOf(source);
    if (from === undefined) continue;
    const targets = imports.get(from) ?? new Set();
    imports.set(from, targets);
    for (const { resolved } of dependencies) {
      const to = partOf(resolved);
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  return imports;
}

function partOf(path: string): string | undefined {
  const [, folder, file = ''] = /^src\/(?:([^/]+)\/|([^/]+)\.ts$)/.exec(path) ?? [];
  return folder ?? (FILES.includes(file) ? file : undefined);
}

/** Without the arrows that follow from two others or more: what is left is short enough to be read. */
function withoutDetours(imports: Imports): Imports {
  return new Map(
    [...imports].map(([from, targets]) => {
      const indirect = new Set([...targets].flatMap((target) => [...reachable(imports, target)]));
      return [from, new Set([...targets].filter((target) => !indirect.has(target)))];
    }),
  );
}

function reachable(imports: Imports, from: string, found = new Set<string>()): Set<string> {
  for (const to of imports.get(from) ?? []) {
    if (found.has(to)) continue;
    found.add(to);
    reachable(imports, to, found);
  }
  return found;
}
