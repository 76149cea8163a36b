import { v4 as uuid } from 'uuid';
import { basePath } from '../../shared/base-path.js';
import type { TokenPair } from './token-pair.js';

/**
 * A message between the tabs of the console. `REQUEST` asks for the session, `PAIR` shares it, `ENDED` ends it in all tabs.
 */
type Message = { kind: 'REQUEST' } | { kind: 'PAIR'; pair: TokenPair } | { kind: 'ENDED' };

/** How long a tab waits for another tab to respond. */
const RESPONSE_TIMEOUT_MILLISECONDS = 150;

/** A tab of the console, as its session appears to the other tabs. */
interface Tab {
  current(): TokenPair | undefined;
  adopt(pair: TokenPair): void;
  end(): void;
}

/** The connection to the other tabs of the console. */
export class Tabs {
  readonly #channel = new BroadcastChannel(`scrip:console:${channelId()}`);
  #lastRenewal: Promise<unknown> = Promise.resolve();

  /** Handles the messages of other tabs. */
  constructor(tab: Tab) {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      const pair = tab.current();
      if (data.kind === 'PAIR') tab.adopt(data.pair);
      else if (data.kind === 'ENDED') tab.end();
      else if (pair) this.post({ kind: 'PAIR', pair });
    };
  }

  post(message: Message): void {
    this.#channel.postMessage(message);
  }

  /** Asks the other tabs for their session and waits for a response. */
  async request(): Promise<void> {
    this.post({ kind: 'REQUEST' });
    await new Promise((resolve) => setTimeout(resolve, RESPONSE_TIMEOUT_MILLISECONDS));
  }

  /**
   * Runs one renewal at a time over all tabs. Browsers offer locks only in secure contexts (HTTPS and localhost). Without
   * them only this tab waits; two tabs that renew within 10 seconds get the same refresh token.
   */
  async withRenewalLock<T>(run: () => Promise<T>): Promise<T> {
    if (navigator.locks) return await navigator.locks.request(`scrip:renewal${basePath}`, run);
    const next = this.#lastRenewal.then(run);
    this.#lastRenewal = next.catch(() => undefined);
    return await next;
  }
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
  document.cookie = `scrip-channel=${id}; path=${basePath}/console; samesite=strict${secure}`;
  return id;
}
