import type { TokenPair } from './session.js';

/** What the tabs of one browser tell each other. */
type Message = { kind: 'ask' } | { kind: 'tell'; pair: TokenPair } | { kind: 'ended' };

/** Nobody answers: there is no other tab, or none that is logged in. */
const ANSWER_MILLISECONDS = 150;

const channel = new BroadcastChannel('scrip:console');

/** Reacts to what other tabs say. */
export function listenToTabs(tab: { current(): TokenPair | undefined; adopt(pair: TokenPair): void; end(): void }) {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const pair = tab.current();
    if (data.kind === 'tell') tab.adopt(data.pair);
    else if (data.kind === 'ended') tab.end();
    else if (pair) tellTabs({ kind: 'tell', pair });
  };
}

export function tellTabs(message: Message): void {
  channel.postMessage(message);
}

/** Gives a tab that is logged in the time to say so. */
export async function askTabs(): Promise<void> {
  tellTabs({ kind: 'ask' });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MILLISECONDS));
}

/**
 * Runs this while no other tab runs the like. Browsers offer locks to https and to this machine alone; without one, two
 * tabs that renew at once get the same tokens, as long as it is within 10 seconds.
 */
export async function alone<T>(run: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request('scrip:renewal', run) : await run();
}
