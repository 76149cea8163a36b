import { TextInput, type TextInputProps } from '@mantine/core';

/** The reference of a change of points. */
export function ReferenceField(props: TextInputProps) {
  return (
    <TextInput
      label="Reference"
      description="Optional. What the change belongs to in another system, such as an order number. The ledger can be searched by it."
      maxLength={100}
      autoComplete="off"
      spellCheck={false}
      {...props}
    />
  );
}
