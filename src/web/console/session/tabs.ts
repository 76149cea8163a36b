import { v4 as uuid } from 'uuid';
import type { TokenPair } from './token-pair.js';

/**
 * A message between the tabs of the console. `REQUEST` asks for the session, `PAIR` shares it, `ENDED` ends it in all tabs.
 */
type Message = { kind: 'REQUEST' } | { kind: 'PAIR'; pair: TokenPair } | { kind: 'ENDED' };

/** How long a tab waits for another tab to respond. */
const RESPONSE_TIMEOUT_MILLISECONDS = 150;

const channel = new BroadcastChannel(`scrip:console:${channelId()}`);

/** Handles the messages of other tabs. */
export function listenToTabs(tab: { current(): TokenPair | undefined; adopt(pair: TokenPair): void; end(): void }) {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const pair = tab.current();
    if (data.kind === 'PAIR') tab.adopt(data.pair);
    else if (data.kind === 'ENDED') tab.end();
    else if (pair) postToTabs({ kind: 'PAIR', pair });
  };
}

export function postToTabs(message: Message): void {
  channel.postMessage(message);
}

/** Asks the other tabs for their session and waits for a response. */
export async function requestFromTabs(): Promise<void> {
  postToTabs({ kind: 'REQUEST' });
  await new Promise((resolve) => setTimeout(resolve, RESPONSE_TIMEOUT_MILLISECONDS));
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one renewal at a time over all tabs. Browsers offer locks only in secure contexts (HTTPS and localhost). Without
 * them only this tab waits; two tabs that renew within 10 seconds get the same tokens from the server.
 */
export async function withRenewalLock<T>(run: () => Promise<T>): Promise<T> {
  if (navigator.locks) return await navigator.locks.request('scrip:renewal', run);
  const next = last.then(run);
  last = next.catch(() => undefined);
  return await next;
}

/**
 * A random ID that all tabs of the console share, and no other page of the origin knows. A `BroadcastChannel` reaches every
 * page of its origin, GraphiQL included, but the session's tokens are only for the console. The ID is in a cookie with the
 * path `/console`, which pages at other paths cannot read. It ends with the browser and authenticates nothing.
 *
 * This protects the tokens from other pages, but not from hostile code in them: code of the same origin can open and read
 * the console. The content security policy keeps such code out. Without cookies each tab has a session of its own.
 */
function channelId(): string {
  const known = /(?:^|; )scrip-channel=([0-9a-f-]{36})(?:;|$)/.exec(document.cookie)?.[1];
  if (known !== undefined) return known;
  const id = uuid();
  const secure = window.location.protocol === 'https:' ? '; secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API exists in secure contexts only.
  document.cookie = `scrip-channel=${id}; path=/console; samesite=strict${secure}`;
  return id;
}
