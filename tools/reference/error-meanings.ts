import type { ErrorCode } from '../../src/errors.js';

/** The row of a code in docs/reference/errors.md. test/http/error-codes.test.ts compares it with a server. */
export interface ErrorMeaning {
  /**
   * The HTTP status of a response without `data`: nothing ran. `400*` is 200 where the client accepts `application/json`
   * alone, or prefers it. undefined: the code occurs at a field only.
   */
  readonly status?: string;
  /** Whether it occurs at a field, beside `data`, with status 200. */
  readonly atField: boolean;
  /** What `extensions` holds beside the code. */
  readonly extensions?: readonly string[];
  readonly meaning: string;
}

const DOMAIN = { atField: true } as const;

export const ERROR_MEANINGS: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  UNAUTHENTICATED: {
    status: '401',
    atField: true,
    extensions: ['reason'],
    meaning:
      'There is no credential, or the credential is not valid. `reason` is `TOKEN_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED` or `TOKEN_PAUSED`. An expired token does not block an operation that is public throughout, such as `renewSession`. At a field of a mutation: the credential ended while the operation ran. The changes of the fields before it were made.',
  },
  BAD_AUTHORIZATION: {
    status: '400',
    atField: false,
    meaning: 'The credential was not sent as one `Authorization: Bearer <token>`.',
  },
  FORBIDDEN: {
    status: '403',
    atField: true,
    extensions: ['coordinate', 'requiredScopes', 'missingScopes', 'requiredAnyScopes', 'reason'],
    meaning:
      "The policy denied a schema coordinate: the caller lacks scopes (all of `missingScopes`, and one of each list in `requiredAnyScopes`), or `reason` is `SESSION_REQUIRED`, `APP_TOKEN_REQUIRED`, `SIGN_UP_OFF`, or of a token with limits, networks or documents `LIMITED_TOKEN`, `NETWORK_NOT_ALLOWED` (the client's address is in none of its networks, or unknown) or `OPERATION_NOT_ALLOWED`. At a field: the denial could be decided only while the operation ran.",
  },
  RATE_LIMITED: {
    status: '429',
    atField: true,
    extensions: ['retryAfterSeconds'],
    meaning:
      'Too many attempts, requests or changes. [The settings](settings.md#throttles) have the limits; that of an app token is `requestsPerMinute` in its `TokenLimits`. A user can also rename themselves at most 10 times an hour.',
  },
  OVERLOADED: {
    status: '503',
    atField: true,
    extensions: ['retryAfterSeconds'],
    meaning:
      'A queue of the server is full, other changes hold the same rows, or too many large requests are arriving: [in all, or from one network](../operating.md#limits). Nothing was changed.',
  },
  UNAVAILABLE: {
    status: '503',
    atField: true,
    extensions: ['retryAfterSeconds', 'effect'],
    meaning: 'The database cannot be reached or written to, or takes too long.',
  },
  GRAPHQL_PARSE_FAILED: { status: '400*', atField: false, meaning: 'The document is not valid GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: '400*', atField: false, meaning: 'The document does not fit the schema.' },
  DOCUMENT_NOT_TRUSTED: {
    status: '403',
    atField: false,
    meaning:
      'With `TRUSTED_DOCUMENTS`, the operation is not listed. Without it, the request sent a `documentId`, which has no meaning then.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: '400*',
    atField: false,
    meaning: 'The request has a hash and no document. Send the document; the clients of Apollo do so by themselves.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: '400*',
    atField: false,
    meaning: '`operationName` names no operation of the document, or is missing where the document has several.',
  },
  OPERATION_TOO_COMPLEX: {
    status: '400*',
    atField: true,
    meaning:
      'The operation exceeds a limit, which the message names: [a setting](settings.md#limits-of-requests); 200 nested brackets, fragments or levels of a variable; an alias of more than 128 characters; `requiredScopes` more than once; more than 5 fields that take a password. At a field: the response would exceed `LIMIT_RESPONSE_BYTES`.',
  },
  BAD_USER_INPUT: {
    status: '400*',
    atField: true,
    extensions: ['field', 'lastSequence'],
    meaning:
      'A variable has the wrong type, which the message names: nothing ran. At a field: an argument breaks a rule, and `field` is its path, such as `input.points`. `lastSequence` is there where `pointsChanged(after:)` is beyond the end of the ledger.',
  },
  BAD_REQUEST: {
    status: '400, 408, 417, 431',
    atField: false,
    meaning:
      'The body is not a GraphQL request, or is a batch; the header `Idempotency-Key` does not fit the mutation; a subscription was sent over HTTP; the request arrived too slowly (408), has an expectation other than `100-continue` (417), or has more than 16 KB of headers (431).',
  },
  NOT_FOUND: { status: '404', atField: false, meaning: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: {
    status: '405',
    atField: false,
    meaning: 'The path takes other methods, which the header `Allow` lists; a mutation needs POST.',
  },
  NOT_ACCEPTABLE: {
    status: '406',
    atField: false,
    meaning: 'The header `Accept` allows neither `application/graphql-response+json` nor `application/json`.',
  },
  PAYLOAD_TOO_LARGE: { status: '413', atField: false, meaning: 'The body has more than `LIMIT_BODY_BYTES`.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: '415',
    atField: false,
    meaning: 'The body is not `application/json` in UTF-8, or is compressed.',
  },
  USER_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such user.' },
  POST_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such post.' },
  TOKEN_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such token.' },
  ENTRY_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such entry.' },
  HOLD_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such hold.' },
  SESSION_NOT_FOUND: { ...DOMAIN, meaning: 'There is no such session, or none that the caller may end.' },
  USERNAME_TAKEN: {
    ...DOMAIN,
    extensions: ['availableAt'],
    meaning:
      'Another user has the name, or had it less than `USERNAME_REST_DAYS` ago. Upper and lower case do not matter. Callers with `USERS_WRITE` are told in `availableAt` when a name of the second kind can be taken.',
  },
  EXTERNAL_ID_TAKEN: {
    ...DOMAIN,
    extensions: ['holderHasPoints'],
    meaning:
      'Another user has the id in the other system. To callers with `users:write`, `holderHasPoints` says whether that user has points.',
  },
  INVALID_CREDENTIALS: {
    ...DOMAIN,
    meaning: 'The username or the password is wrong. The error does not say which.',
  },
  REFRESH_TOKEN_INVALID: {
    ...DOMAIN,
    extensions: ['action'],
    meaning: 'The refresh token is not valid. Log in again (`action: LOGIN`).',
  },
  REFRESH_TOKEN_EXPIRED: {
    ...DOMAIN,
    extensions: ['action'],
    meaning:
      'The session was not renewed for `SESSION_IDLE_DAYS`, or has lasted `SESSION_ABSOLUTE_DAYS`. Log in again.',
  },
  REFRESH_TOKEN_REVOKED: { ...DOMAIN, extensions: ['action'], meaning: 'The session was ended. Log in again.' },
  REFRESH_TOKEN_REUSED: {
    ...DOMAIN,
    extensions: ['action'],
    meaning: 'The refresh token was used before and may have been stolen, so the session was ended. Log in again.',
  },
  INSUFFICIENT_POINTS: {
    ...DOMAIN,
    extensions: ['available', 'needed', 'held'],
    meaning:
      'The user has too few points that are not held. Nothing was changed. For a capture, `available` includes the points of the hold, which stands.',
  },
  BALANCE_LIMIT: { ...DOMAIN, meaning: 'The balance would exceed 2^53-1 points.' },
  TOKEN_LIMIT: {
    ...DOMAIN,
    extensions: ['limit', 'max', 'used', 'retryAfterSeconds', 'effect'],
    meaning:
      'The change would exceed a limit of the app token: `limit` is the field of `TokenLimits`, `max` what it allows. Of a daily limit `used` is what counts against it today, and it ends after `retryAfterSeconds`. Nothing was changed, and nothing is stored under the key.',
  },
  IDEMPOTENCY_KEY_REUSED: { ...DOMAIN, meaning: 'The idempotency key belongs to another change. Use a new one.' },
  IDEMPOTENCY_KEY_CLOSED: {
    ...DOMAIN,
    meaning: '`resolvePoints` closed the key before a change was made under it. Use a new one.',
  },
  ALREADY_REVERSED: { ...DOMAIN, meaning: 'The entry is reversed already.' },
  NOT_REVERSIBLE: { ...DOMAIN, meaning: 'The entry is a reversal, which cannot be reversed.' },
  HOLD_ENDED: {
    ...DOMAIN,
    extensions: ['state'],
    meaning: 'The hold was captured or released before, or has expired: `state` says which. Nothing was changed.',
  },
  HOLD_LIMIT: { ...DOMAIN, meaning: 'The user has 1,000 open holds, which is the maximum.' },
  INTERNAL_SERVER_ERROR: {
    status: '500',
    atField: true,
    extensions: ['requestId'],
    meaning: 'An unexpected error. Its details are in the log only, under `requestId`.',
  },
  WEBHOOK_NOT_FOUND: { ...DOMAIN, meaning: 'No webhook has that id.' },
  WEBHOOK_LIMIT: {
    ...DOMAIN,
    extensions: ['max'],
    meaning: 'The user, with all their app tokens, has as many webhooks as one can have (`max`, 20). Nothing was made.',
  },
};
