/**
 * Runs the steps of the Dockerfile on top of this machine's own file system, which stands for the base image. The packages of
 * development are those of this checkout, which `npm ci` installed from the same lock file; those of production are installed.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = new URL('../../', import.meta.url).pathname;

/** What the runtime stage of the Dockerfile leaves. Paths in it begin with `/`. */
export interface Image {
  /** The files that the steps of the last stage made, as paths. */
  readonly files: readonly string[];
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  /** Words that run a command as the image's user, as process 1 of a process namespace, where nothing can be written. */
  readonly run: readonly string[];
  remove(): Promise<void>;
}

/** Runs a script in the namespace of the build, and returns what it prints; throws where it fails. */
type Shell = (script: string) => Promise<string>;

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** Why the steps cannot run here; undefined: they can. */
export function missingForImage(): string | undefined {
  const major = /^FROM node:(\d+)-/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
  if (process.versions.node.split('.')[0] !== major) return `This is not Node.js ${major}, which the image has.`;
  if (process.getuid?.() !== 0) return 'Only root can mount file systems.';
  const mount =
    'mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r';
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', mount]).status !== 0) {
    return 'The system lets no process mount an overlay.';
  }
  if (spawnSync('npm', ['ping'], { timeout: 20_000 }).status !== 0) return 'The registry of npm cannot be reached.';
  return undefined;
}

export async function buildImage(): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-image-'));
  const holder = spawn('unshare', [
    '--mount',
    'sh',
    '-c',
    `mount -t tmpfs tmpfs ${folder} && echo ready && exec cat`, // it ends with this process
  ]);
  await once(holder.stdout, 'data');
  const inside = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--'];
  const remove = async () => {
    const exit = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exit; // the files go with the last process of the namespace
    await rm(folder, { recursive: true });
  };
  const sh: Shell = async (script) => {
    const args = [...inside.slice(1), 'sh', '-euc', script];
    return (await promisify(execFile)(inside[0] ?? '', args, { maxBuffer: 1 << 26 })).stdout;
  };
  try {
    const { upper, settings } = await runStages(readInstructions(), folder, sh);
    await sh(
      `mkdir ${folder}/image && mount -t overlay overlay -o ro,lowerdir=${upper}:/ ${folder}/image && ${mountSystem(`${folder}/image`)}`,
    );
    const enter = `mount -t proc proc ${folder}/image/proc && exec chroot --userspec=${settings.user} ${folder}/image "$@"`;
    return {
      ...settings,
      files: (await sh(`cd ${upper} && find . ! -type d`))
        .split('\n')
        .filter(Boolean)
        .map((path) => path.slice(1)),
      run: [...inside, 'unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', enter, 'sh'],
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runStages(instructions: readonly Instruction[], folder: string, sh: Shell) {
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  const settings = { user: '0:0', environment: {}, workingDirectory: '/', command: [], healthCheck: [] } as Settings;
  const places = new Map<string, string>();
  let count = 0;
  let [place, cwd] = ['', '/'];
  for (const { name, text } of instructions) {
    const words = text.split(/\s+/);
    if (name === 'FROM') {
      place = join(folder, String(++count));
      cwd = '/';
      places.set(words[2] ?? '', `${place}/root`);
      await sh(`mkdir -p ${place}/upper ${place}/work ${place}/root
        mount -t overlay overlay -o lowerdir=/,upperdir=${place}/upper,workdir=${place}/work ${place}/root
        ${mountSystem(`${place}/root`)}
        mkdir -p ${place}/root${cache} ${cache} && mount --bind ${cache} ${place}/root${cache}`);
    } else if (name === 'WORKDIR') {
      cwd = text;
      await sh(`mkdir -p ${place}/root${cwd}`);
    } else if (name === 'COPY') {
      await sh(copyOf(words, `${place}/root${cwd}`, places));
    } else if (name === 'RUN' && /^npm ci (?!.*--omit=dev)/.test(text)) {
      await sh(`mkdir ${place}/packages ${place}/packages.work ${place}/root${cwd}/node_modules
        mount -t overlay overlay -o lowerdir=${join(root, 'node_modules')},upperdir=${place}/packages,workdir=${place}/packages.work \
          ${place}/root${cwd}/node_modules`);
    } else if (name === 'RUN') {
      await sh(
        `export PATH=${path} npm_config_prefer_offline=true; exec chroot ${place}/root /bin/sh -euc 'cd ${cwd}\n${text.replaceAll("'", `'\\''`)}'`,
      );
    } else {
      note(settings, name, text);
    }
  }
  return { upper: `${place}/upper`, settings: { ...settings, workingDirectory: cwd } };
}

interface Settings {
  user: string;
  environment: Record<string, string>;
  workingDirectory: string;
  command: string[];
  healthCheck: string[];
}

function note(settings: Settings, name: string, text: string): void {
  if (name === 'USER') settings.user = text;
  else if (name === 'CMD') settings.command = JSON.parse(text);
  else if (name === 'HEALTHCHECK') settings.healthCheck = JSON.parse(text.slice(text.indexOf('[')));
  else if (name === 'ENV') settings.environment = Object.fromEntries(text.split(' ').map((pair) => pair.split('=')));
  else if (!['ARG', 'LABEL', 'EXPOSE', 'STOPSIGNAL', 'ENTRYPOINT'].includes(name)) throw new Error(`What is ${name}?`);
}

/** A COPY: from another stage, or from what `.dockerignore` leaves of the project. */
function copyOf(words: readonly string[], cwd: string, places: ReadonlyMap<string, string>): string {
  const stage = /^--from=(.+)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(stage === undefined ? 0 : 1, -1);
  const target = join(cwd, words.at(-1) ?? '');
  if (stage === undefined) {
    const all = sources[0] === '.' ? readContext() : sources;
    return `cp -a ${all.map((source) => join(root, source)).join(' ')} ${target}`;
  }
  const isFolder = sources.length === 1;
  return `cp -a ${sources.map((source) => `${places.get(stage)}${source}`).join(' ')} ${isFolder ? '-T' : ''} ${target}`;
}

/** `.dockerignore` leaves everything out but what it names. */
function readContext(): string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.shift() !== '*' || lines.some((line) => !line.startsWith('!'))) {
    throw new Error('.dockerignore has another form.');
  }
  return lines.map((line) => line.slice(1));
}

function mountSystem(folder: string): string {
  return `mount --rbind /dev ${folder}/dev && mount -t proc proc ${folder}/proc`;
}

function readInstructions(): Instruction[] {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      return { name, text };
    });
}
