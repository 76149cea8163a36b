/** Renders deploy/chart with the template engine of Helm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Where Debian's packages golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev put their sources. */
const SOURCES = '/usr/share/gocode';

const PROGRAM = new URL('render-chart/main.go', import.meta.url).pathname;
const deployFolder = new URL('../../deploy/', import.meta.url).pathname;

/** Whether Go and what the engine needs are installed. */
export const hasEngine =
  ['github.com/Masterminds/sprig', 'sigs.k8s.io/yaml'].every((name) => existsSync(join(SOURCES, 'src', name))) &&
  spawnSync('go', ['version']).status === 0;

/** An object of Kubernetes. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts; a wrong guess fails its assertion.
export type Rendered = any;

export interface Renderer {
  /** The objects of the chart with values over its defaults; throws the engine's message. */
  render(values: object): Rendered[];
  close(): Promise<void>;
}

export function openRenderer(): Renderer {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-chart-'));
  const program = join(folder, 'render-chart');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: SOURCES, GOFLAGS: '' };
  execFileSync('go', ['build', '-o', program, PROGRAM], { env });
  return {
    render: (values) => {
      const file = join(folder, 'values.json');
      writeFileSync(file, JSON.stringify(values)); // JSON is YAML
      const { status, stdout, stderr } = spawnSync(program, [join(deployFolder, 'chart'), file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      // As Kubernetes reads it: 0440 is octal.
      return parseAllDocuments(stdout, { version: '1.1' }).flatMap((document) => document.toJS() ?? []);
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** A YAML or JSON file of deploy/. */
export function readDeployed(text: string): Rendered {
  return parse(text, { merge: true });
}
