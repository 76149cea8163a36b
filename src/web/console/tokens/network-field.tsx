import { Textarea, type TextareaProps } from '@mantine/core';

/** The networks of a token, one per line. */
export function NetworkField(props: TextareaProps) {
  return (
    <Textarea
      label="Networks (optional)"
      description="IP addresses or CIDR blocks, one per line, up to 50. Requests from elsewhere are rejected. Empty: from anywhere."
      placeholder={'203.0.113.0/24\n2001:db8::/32'}
      autosize
      minRows={4}
      maxRows={12}
      spellCheck={false}
      autoComplete="off"
      autoCapitalize="none"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
      {...props}
    />
  );
}
