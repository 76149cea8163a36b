import { describeOldNode } from '../process/node-support.js';
import { type Finding, fault, ok, warning } from './finding.js';

/** The oldest version that works, as package.json has it in `engines`. */
const OLDEST = [20, 19] as const;

/** @param version such as `26.1.0`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return fault(`Node.js ${version} is older than ${OLDEST.join('.')}, the oldest that works. Use Node.js 26.`);
  }
  const old = describeOldNode(version);
  return old === undefined ? ok(`Node.js ${version}.`) : warning(old);
}
