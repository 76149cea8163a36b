/** The licenses of the packages that a bundle contains, most of which ask that their text goes with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEXT = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * @param {Iterable<string>} files the paths of all that was bundled.
 * @returns {string} Markdown: of each package its name, version and license, and the texts in its folder, or its author and source.
 */
export function describeLicenses(files) {
  const folders = new Set([...files].filter((file) => file.includes('node_modules')).map(findPackage));
  const packages = [...folders].map(describePackage).sort();
  return ['# Licenses\n\nThe programs in this folder contain these packages.\n', ...new Set(packages)].join('');
}

/** The nearest folder with a package that has a version: some have others inside, which only tell Node a format. */
function findPackage(file) {
  const folder = dirname(file);
  const path = join(folder, 'package.json');
  return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version !== undefined
    ? folder
    : findPackage(folder);
}

function describePackage(folder) {
  const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && TEXT.test(entry.name));
  // Indented, so that headings in a text are none of this file's.
  const texts = files.map(
    (file) =>
      `\n${readFileSync(join(folder, file.name), 'utf8')
        .trim()
        .replace(/^(?=.)/gm, '    ')}\n`,
  );
  const facts = [`License: ${license ?? 'as follows'}`];
  // Where the package has no text, it can be asked for.
  if (texts.length === 0)
    facts.push(`Author: ${author?.name ?? author ?? name}`, `Source: ${repository?.url ?? repository}`);
  return `\n## ${name} ${version}\n\n${facts.join('  \n')}\n${texts.join('')}`;
}
