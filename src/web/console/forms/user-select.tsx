import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { UserChoicesDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';

const DEBOUNCE_MILLISECONDS = 200;

interface UserSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** Username of the selected user. */
  value?: string | null;
  onChange?: (username: string | null) => void;
}

/** Selects a user. The server searches by username while typing. */
export function UserSelect({ value = null, onChange, ...props }: UserSelectProps) {
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [search] = useDebouncedValue(typed === value ? '' : typed, DEBOUNCE_MILLISECONDS);
  const { data, isFetching } = useApiQuery(UserChoicesDocument, { search }, { types: 'User', pause: !isOpen });
  const found = data?.users?.nodes.map(({ username }) => username) ?? [];
  return (
    <Select
      searchable
      nothingFoundMessage={isFetching ? 'Searching…' : 'No users found'}
      maxDropdownHeight={240}
      data={value !== null && !found.includes(value) ? [value, ...found] : found}
      value={value}
      onChange={(username) => onChange?.(username)}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      clearButtonProps={{ 'aria-label': 'Clear' }}
      {...props}
    />
  );
}
