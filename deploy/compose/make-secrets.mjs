/**
 * Makes the secrets of compose.yaml that are missing: `node make-secrets.mjs OWNER_FOLDER NODE_FOLDER`. Every user may read
 * the files, since PostgreSQL and the nodes run as different ones; only the services of compose.yaml have the folders.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [owner, node] = process.argv.slice(2);

const ownerPassword = make(join(owner, 'password'), random);
const password = make(join(owner, 'scrip-password'), random);
make(join(owner, 'database-url'), () => `postgres://scrip_owner:${ownerPassword}@database/scrip`);
make(join(node, 'database-url'), () => `postgres://scrip:${password}@database/scrip`);
make(join(node, 'jwt-key.pem'), () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
make(join(node, 'metrics-token'), random);
make(join(node, 'admin-password'), random);

function random() {
  return randomBytes(24).toString('base64url');
}

/** Returns what the file holds. It is written whole or not at all, so that a start that was cut off can be repeated. */
function make(file, content) {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, content(), { mode: 0o444 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}
