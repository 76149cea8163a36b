/** Why a credential is rejected. `MALFORMED`: it is not exactly one token, sent in one way. */
export type Fault = 'MALFORMED' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED' | 'TOKEN_PAUSED';

/** A rejected credential. A value, not an error: it is frequent, and a stack trace is expensive. */
export interface Rejection {
  readonly kind: 'REJECTED';
  /** The last three are returned only to callers that hold the secret. */
  readonly fault: Fault;
  readonly message: string;
  /** The session of an access token that has merely expired. */
  readonly sessionId?: string;
}

/** The rejection for each fault. */
export const REJECTIONS: Readonly<Record<Fault, Rejection>> = {
  MALFORMED: rejection('MALFORMED', 'Send one token, as `Authorization: Bearer <token>`.'),
  TOKEN_INVALID: rejection(
    'TOKEN_INVALID',
    'The token is not valid. Send one that was issued by this server, whole and unchanged.',
  ),
  TOKEN_EXPIRED: rejection(
    'TOKEN_EXPIRED',
    'The token has expired. Renew the session with `renewSession` or log in; replace an app token.',
  ),
  TOKEN_REVOKED: rejection('TOKEN_REVOKED', 'The token was revoked. Ask for a new one.'),
  TOKEN_PAUSED: rejection('TOKEN_PAUSED', 'The token is paused. Ask an administrator to resume it.'),
};

function rejection(fault: Fault, message: string): Rejection {
  return { kind: 'REJECTED', fault, message };
}
