import type { EnsureUser } from '../accounts/ensure-user.js';
import type { Jwts } from '../auth/jwt.js';
import type { Config } from '../config.js';
import type { PooledDatabase } from '../database/connect.js';
import type { PointsFeed } from '../points/feed/points-feed.js';
import type { Ledger } from '../points/ledger.js';
import type { SessionTokens } from '../sessions/session-tokens.js';
import type { Throttles } from '../throttles/throttles.js';
import type { Passwords } from '../users/password-hash.js';
import type { CheckWebhookUrl } from '../webhooks/check-url.js';
import type { WebhookKeys } from '../webhooks/keys.js';
import type { SendMessage } from '../webhooks/send.js';
import type { ReadDocuments } from './read-documents.js';
import type { Reads } from './reads.js';
import type { ReadRequiredScopes } from './required-scopes.js';
import type { TokenDocuments } from './token-documents.js';

/** What all requests share. */
export interface Services {
  readonly limits: Pick<Config['limits'], 'responseBytes'>;
  readonly database: PooledDatabase;
  readonly reads: Reads;
  readonly readRequiredScopes: ReadRequiredScopes;
  readonly readDocuments: ReadDocuments;
  readonly tokenDocuments: TokenDocuments;
  readonly ensureUser: EnsureUser;
  readonly ledger: Ledger;
  readonly pointsFeed: PointsFeed;
  readonly passwords: Passwords;
  readonly jwts: Jwts;
  readonly sessionTokens: SessionTokens;
  readonly throttles: Throttles;
  readonly usernameRestDays: Config['usernameRestDays'];
  readonly webhookKeys: WebhookKeys;
  readonly checkWebhookUrl: CheckWebhookUrl;
  readonly sendMessage: SendMessage;
}
