import { TextInput, type TextInputProps } from '@mantine/core';

/** Where events are sent to. */
export function UrlField(props: TextInputProps) {
  return (
    <TextInput
      label="URL"
      type="url"
      description="An https address, outside private networks unless the server allows them."
      placeholder="https://example.com/scrip"
      maxLength={2_000}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      data-autofocus
      {...props}
    />
  );
}

/** What is wrong with the fields of a webhook, as far as can be known without the server. */
export const WEBHOOK_RULES = {
  url: (url: string) => (url.trim() === '' ? 'Enter a URL.' : null),
  events: (events: readonly string[]) => (events.length === 0 ? 'Choose at least one event.' : null),
};
