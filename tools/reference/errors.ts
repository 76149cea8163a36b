import { ERROR_CODES } from '../../src/errors.js';
import { ERROR_MEANINGS } from './error-meanings.js';
import { code, GENERATED, table } from './markdown.js';

/** docs/reference/errors.md */
export function errorsPage(): string {
  const rows = ERROR_CODES.map((name) => {
    const { status, atField, extensions, meaning } = ERROR_MEANINGS[name];
    return [code(name), status ?? '', atField ? '200' : '', (extensions ?? []).map(code).join(', '), meaning];
  });
  return `${GENERATED}

# Errors

Every error has a code in \`extensions.code\`, and it is one of these. The list is \`src/errors.ts\`; the meanings are
\`tools/reference/error-meanings.ts\`.

${table(['Code', 'Nothing ran', 'At a field', 'Also in `extensions`', 'Meaning'], rows)}
## Status

The column *Nothing ran* has the HTTP status of a response without \`data\`: no resolver ran. The column *At a field* has the
status of an error at a field, beside \`data\`.

\`400*\` depends on the media type of the response, as the GraphQL-over-HTTP draft has it: 400 with
\`application/graphql-response+json\`, and 200 with \`application/json\`, which a client gets that accepts nothing else or prefers
it.

Responses with 401 and 403 have the header \`WWW-Authenticate\` after RFC 6750, except where sign-up is off or the document is
not trusted. An error with \`retryAfterSeconds\` comes with the header \`Retry-After\`.

## Effect

An error at a field that changes points (\`addPoints\`, \`spendPoints\`, \`reversePoints\`, \`applyPoints\`, \`resolvePoints\`) has
\`extensions.effect\`:

- \`NONE\`: nothing was changed.
- \`UNKNOWN\`: the connection to the database was lost during the change, which may have been made. Send it again with the same
  idempotency key, or find out with \`resolvePoints\`.

\`UNAVAILABLE\` at a field of any other mutation has an \`effect\`, too: \`UNKNOWN\` where the connection was lost while the change was
made final, and below the field, where the change has been made and reading its result failed.

A refusal of the ledger, such as \`INSUFFICIENT_POINTS\`, has \`replayed\`: whether the response is that of an earlier request
with the same idempotency key. Other errors do not have it.

A mutation that takes longer than 28 s gets \`UNAVAILABLE\` and \`effect: UNKNOWN\`, without the results of its fields.
A response without \`data\` means that nothing ran; with \`UNAVAILABLE\` it has \`effect: NONE\`.

## Retry

Send the same again where \`retryAfterSeconds\` is set, after that time, or where \`effect\` is \`UNKNOWN\`. Everything else stays
refused. [Clients](../clients.md) has code that does so.
`;
}
