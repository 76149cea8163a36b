import { Textarea, type TextareaProps } from '@mantine/core';

/** The reason of a change of points. */
export function ReasonField(props: TextareaProps) {
  return (
    <Textarea
      label="Reason"
      description="Optional. Stored in the ledger permanently."
      maxLength={500}
      autosize
      minRows={2}
      {...props}
    />
  );
}
