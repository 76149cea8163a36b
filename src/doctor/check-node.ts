import { readFileSync } from 'node:fs';
import { describeOldNode } from '../process/node-support.js';
import { root } from '../root.js';
import { type Finding, fault, ok, warning } from './finding.js';

/** @param version such as `26.1.0`. */
export function checkNode(version: string): Finding {
  const oldest = readOldest();
  if (compare(version, oldest) < 0) {
    return fault(`Node.js ${version} is older than ${oldest}, the oldest that works. Use Node.js 26.`);
  }
  const old = describeOldNode(version);
  return old === undefined ? ok(`Node.js ${version}.`) : warning(old);
}

/** The oldest version that works, which `engines` of package.json has as `>=20.19.0`. */
function readOldest(): string {
  const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return engines.node.replace(/^>=/, '');
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
