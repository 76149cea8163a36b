import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { useState } from 'react';

const TYPING_PAUSE_MILLISECONDS = 200;

interface SearchFieldProps {
  label: string;
  value: string;
  /** Hears, whenever typing pauses, what is searched for. */
  onChange: (search: string) => void;
}

/** Where one types part of a name. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((text: string) => onChange(text.trim()), TYPING_PAUSE_MILLISECONDS);
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
