import { Text } from '@mantine/core';

/** The URL of a webhook, with its host set off from the rest. */
export function WebhookUrl({ url }: { url: string }) {
  const { scheme, host, rest } = partsOf(url);
  return (
    <>
      <Text span inherit c="dimmed">
        {scheme}
      </Text>
      <Text span inherit fw={600}>
        {host}
      </Text>
      <Text span inherit c="dimmed">
        {rest}
      </Text>
    </>
  );
}

/** The host of the URL of a webhook, with its port if that is not the usual one. */
export function hostOf(url: string): string {
  return partsOf(url).host;
}

/** The server stores a URL in ASCII. */
function partsOf(url: string): { scheme: string; host: string; rest: string } {
  const [, scheme = '', host = '', rest = ''] = /^([a-z]+:\/\/)?([^/?#]*)(.*)$/is.exec(url) ?? [];
  return { scheme, host, rest };
}
