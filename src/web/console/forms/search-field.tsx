import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';

const DEBOUNCE_MILLISECONDS = 200;

interface SearchFieldProps {
  label: string;
  /** By default the label. */
  placeholder?: string;
  value: string;
  /** Called with the search text when typing pauses. */
  onChange: (search: string) => void;
  maxLength?: number;
}

/** A search field that reports its text when typing pauses. */
export function SearchField({ label, placeholder = label, value, onChange, maxLength = 100 }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((text: string) => onChange(text.trim()), DEBOUNCE_MILLISECONDS);
  // A link can change the search.
  useEffect(() => setTyped((known) => (known.trim() === value ? known : value)), [value]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<Search size={16} aria-hidden />}
      maxLength={maxLength}
      w={{ base: '100%', xs: 280 }}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        search(currentTarget.value);
      }}
    />
  );
}
