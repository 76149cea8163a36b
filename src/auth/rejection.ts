/** Why a credential that was sent does not count. `MALFORMED`: it is not one token, sent in one way, to begin with. */
export type Fault = 'MALFORMED' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED';

/** A credential that does not count. A value and no error: the commonest refusal of all takes no stack trace. */
export interface Rejection {
  readonly kind: 'REJECTED';
  /** `TOKEN_EXPIRED` and `TOKEN_REVOKED` are told only to whoever proved to hold the secret. */
  readonly fault: Fault;
  readonly message: string;
}

/** What is said to a credential that does not count. */
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
};

function rejection(fault: Fault, message: string): Rejection {
  return { kind: 'REJECTED', fault, message };
}
