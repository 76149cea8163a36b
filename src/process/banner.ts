import type { Addresses } from '../app.js';

/** Prints the addresses that the server listens on. */
export function printAddresses({ url, onAllInterfaces, metricsUrl }: Addresses): void {
  process.stdout.write(`
Scrip is listening on ${url}${onAllInterfaces ? ', and on all other addresses of this machine' : ''}

  GraphiQL  ${url}/graphql
  Console   ${url}/console
  Health    ${url}/healthz
${metricsUrl === undefined ? '' : `  Metrics   ${metricsUrl}\n`}
`);
}

/** Prints the first administrator's password. Only for a terminal: a log collector would store the password. */
export function printFirstAdmin(password: string): void {
  process.stdout.write(`
An administrator was created. The password is shown only this once.

  Name      admin
  Password  ${password}

To issue a token for a trusted application:

  npm run --silent scrip -- token issue --owner admin --name "my app" --scopes points:add,points:spend
`);
}
