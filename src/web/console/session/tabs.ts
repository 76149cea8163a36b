import { v4 as uuid } from 'uuid';
import type { TokenPair } from './token-pair.js';

/** What the tabs of the console tell each other. */
type Message = { kind: 'ask' } | { kind: 'tell'; pair: TokenPair } | { kind: 'ended' };

/** How long a tab waits for another tab to answer. */
const ANSWER_MILLISECONDS = 150;

const channel = new BroadcastChannel(`scrip:console:${channelId()}`);

/** Reacts to what other tabs say. */
export function listenToTabs(tab: { current(): TokenPair | undefined; adopt(pair: TokenPair): void; end(): void }) {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const pair = tab.current();
    if (data.kind === 'tell') tab.adopt(data.pair);
    else if (data.kind === 'ended') tab.end();
    else if (pair) postToTabs({ kind: 'tell', pair });
  };
}

export function postToTabs(message: Message): void {
  channel.postMessage(message);
}

/** Gives a tab that is logged in the time to say so. */
export async function requestFromTabs(): Promise<void> {
  postToTabs({ kind: 'ask' });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MILLISECONDS));
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs this while neither this tab nor another one runs the like. Browsers offer locks to https and to this machine
 * alone; without them other tabs do not wait, and two tabs that renew within 10 seconds get the same tokens.
 */
export async function withRenewalLock<T>(run: () => Promise<T>): Promise<T> {
  if (navigator.locks) return await navigator.locks.request('scrip:renewal', run);
  const next = last.then(run);
  last = next.catch(() => undefined);
  return await next;
}

/**
 * A random id that every tab of the console knows and no other page of the origin does. A `BroadcastChannel` reaches
 * every page of its origin, GraphiQL included; the session's tokens are for the console alone. The id is a cookie with
 * the path `/console`, which a page at another path cannot read. It ends with the browser and authenticates nothing.
 *
 * This keeps the pair from other pages, not from hostile code in them: code of the same origin can open and read the
 * console. The content security policy keeps such code out. Without cookies each tab has a session of its own.
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
