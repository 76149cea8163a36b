/**
 * Hands an app token from the console to a new tab with GraphiQL. The tab is opened with `noopener`: it gets no copy of
 * the console's `sessionStorage` and no reference to its window. The address carries a random number that names a
 * channel; the token crosses the channel once.
 */
import { v4 as uuid } from 'uuid';

const FRAGMENT = /^#handover=([0-9a-f-]{36})$/;
const OFFER_MILLISECONDS = 60_000;
const ANSWER_MILLISECONDS = 2_000;

/** Opens GraphiQL in a new tab that holds this token. */
export function openGraphiql(token: string): void {
  const id = uuid();
  const channel = channelOf(id);
  const timer = setTimeout(() => channel.close(), OFFER_MILLISECONDS);
  channel.onmessage = () => {
    channel.postMessage(token);
    channel.close();
    clearTimeout(timer);
  };
  window.open(`/graphql#handover=${id}`, '_blank', 'noopener');
}

/** Receives the token that this tab was opened with, and clears the address; undefined: there is none. */
export async function receiveToken(): Promise<string | undefined> {
  const id = FRAGMENT.exec(window.location.hash)?.[1];
  if (id === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  const channel = channelOf(id);
  try {
    return await new Promise<string | undefined>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      setTimeout(() => resolve(undefined), ANSWER_MILLISECONDS);
      channel.postMessage('ready');
    });
  } finally {
    channel.close();
  }
}

function channelOf(id: string): BroadcastChannel {
  return new BroadcastChannel(`scrip:handover:${id}`);
}
