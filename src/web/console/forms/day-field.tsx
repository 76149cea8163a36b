import { Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';

/** The first digits of a year that is being typed are the year 2 or 20. */
const MIN_DAY = '1970-01-01';

interface DayFieldProps {
  label: string;
  /** `2026-11-28`; empty: none. */
  value: string;
  /** Called with a complete day, or null. */
  onChange: (day: string | null) => void;
}

/** A field for a day, with its label inside. */
export function DayField({ label, value, onChange }: DayFieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      type="date"
      aria-label={label}
      leftSection={
        <Text size="sm" c="dimmed" component="span" aria-hidden>
          {label}
        </Text>
      }
      leftSectionWidth={52}
      w={190}
      value={typed}
      onChange={({ currentTarget }) => {
        const day = currentTarget.value;
        setTyped(day);
        if (day === '' || day >= MIN_DAY) onChange(day || null);
      }}
    />
  );
}
