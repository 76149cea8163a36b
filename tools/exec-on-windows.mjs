/**
 * Gives Windows the command `exec`, with which the scripts of package.json begin, in the folder that npm puts into the
 * path of scripts. In the shells of other systems it is built in, and needed: npm passes signals to the shell, and some
 * shells, such as that of Debian, would not pass them on to Node.
 */
import { writeFileSync } from 'node:fs';

if (process.platform === 'win32') writeFileSync('node_modules/.bin/exec.cmd', '@%*\r\n');
