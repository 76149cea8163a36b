import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** What a webhook sends. */
export interface WebhookMessage {
  readonly type: string;
  readonly timestamp: string;
  // What it holds depends on the type.
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  readonly data: any;
}

/** Verifies a message. Throws unless it is genuine and at most 5 minutes old. */
export type VerifyMessage = (body: string, headers: IncomingHttpHeaders) => WebhookMessage;

/** Verifies by a secret, `whsec_…`, of a webhook with the signature HMAC_SHA256. */
export function verifyBySecret(secret: string): VerifyMessage {
  const webhook = new Webhook(secret);
  return (body, headers) => {
    webhook.verify(body, headers as Record<string, string>); // these headers occur once, or the signature does not match
    return JSON.parse(body);
  };
}

/** Verifies by a public key, `whpk_…`, of a webhook with the signature ED25519. It needs no library. */
export function verifyByPublicKey(publicKey: string): VerifyMessage {
  const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return (body, headers) => {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
    const signed = Buffer.from(`${id}.${timestamp}.${body}`);
    const isGenuine = String(signatures)
      .split(' ')
      .filter((signature) => signature.startsWith('v1a,'))
      .some((signature) => verifySignature(null, signed, key, Buffer.from(signature.slice('v1a,'.length), 'base64')));
    const isRecent = Math.abs(Date.now() / 1_000 - Number(timestamp)) <= 300;
    if (!isGenuine || !isRecent) throw new Error('This message is not from the webhook, or too old.');
    return JSON.parse(body);
  };
}

export interface ReceiverOptions {
  readonly verify: VerifyMessage;
  /** Does what a message asks for. If it throws, the message is sent again. */
  readonly handle: (message: WebhookMessage, id: string) => Promise<void>;
}

/** Receives messages: responds within 15 s, and with 2xx only once a message has had its effect. */
export function createReceiver({ verify, handle }: ReceiverOptions): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString(); // as it came: a body that was parsed and written again is another one
    response.writeHead(await statusOf(body, request.headers)).end();
  });

  async function statusOf(body: string, headers: IncomingHttpHeaders): Promise<number> {
    let message: WebhookMessage;
    try {
      message = verify(body, headers);
    } catch {
      return 401;
    }
    try {
      await handle(message, String(headers['webhook-id']));
      return 204;
    } catch {
      return 500;
    }
  }
}

/** Has each entry take effect once. Keep `last` in your database, and change it in the transaction of the effect. */
export function createEntryHandler(apply: (entry: WebhookMessage['data']) => Promise<void>): ReceiverOptions['handle'] {
  const last = new Map<string, number>();
  return async ({ type, data }) => {
    if (type !== 'points.entry') return; // such as `test`, or an event of a later release
    if (data.sequence <= (last.get(data.user.id) ?? 0)) return; // it was sent again
    await apply(data);
    last.set(data.user.id, data.sequence);
  };
}
