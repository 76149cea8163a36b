import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useState } from 'react';

const DEBOUNCE_MILLISECONDS = 200;

interface SearchFieldProps {
  label: string;
  value: string;
  /** Called with the search text when typing pauses. */
  onChange: (search: string) => void;
}

/** A search field that reports its text when typing pauses. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((text: string) => onChange(text.trim()), DEBOUNCE_MILLISECONDS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={16} aria-hidden />}
      maxLength={100}
      w={{ base: '100%', xs: 280 }}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        search(currentTarget.value);
      }}
    />
  );
}
