/**
 * Hands an app token from the console to a new tab with GraphiQL. The tab is opened with `noopener`: it gets no copy of
 * the console's `sessionStorage` and no reference to its window. The URL contains the random name of a channel; the token
 * is sent over the channel once.
 */
import { v4 as uuid } from 'uuid';
import { basePath } from './base-path.js';

const FRAGMENT = /^#handover=([0-9a-f-]{36})$/;
const OFFER_MILLISECONDS = 60_000;
const RESPONSE_TIMEOUT_MILLISECONDS = 2_000;

/** Opens GraphiQL in a new tab with this token. */
export function openGraphiql(token: string): void {
  const id = uuid();
  const channel = channelOf(id);
  const timer = setTimeout(() => channel.close(), OFFER_MILLISECONDS);
  channel.onmessage = () => {
    channel.postMessage(token);
    channel.close();
    clearTimeout(timer);
  };
  window.open(`${basePath}/graphql#handover=${id}`, '_blank', 'noopener');
}

/** Receives the token that this tab was opened with and removes the channel's name from the URL; undefined: none. */
export async function receiveToken(): Promise<string | undefined> {
  const id = FRAGMENT.exec(window.location.hash)?.[1];
  if (id === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  const channel = channelOf(id);
  try {
    return await new Promise<string | undefined>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      setTimeout(() => resolve(undefined), RESPONSE_TIMEOUT_MILLISECONDS);
      channel.postMessage('ready');
    });
  } finally {
    channel.close();
  }
}

function channelOf(id: string): BroadcastChannel {
  return new BroadcastChannel(`scrip:handover:${id}`);
}
