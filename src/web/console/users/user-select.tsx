import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { UserChoicesDocument } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';

const TYPING_PAUSE_MILLISECONDS = 200;

interface UserSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** The name of the chosen user. */
  value?: string | null;
  onChange?: (username: string | null) => void;
}

/** Chooses a user by name: the server searches while one types. */
export function UserSelect({ value = null, onChange, ...props }: UserSelectProps) {
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [search] = useDebouncedValue(typed === value ? '' : typed, TYPING_PAUSE_MILLISECONDS);
  const { data, isFetching } = useApiQuery(UserChoicesDocument, { search }, { types: 'User', pause: !isOpen });
  const found = data?.users?.nodes.map(({ username }) => username) ?? [];
  return (
    <Select
      searchable
      nothingFoundMessage={isFetching ? 'Searching…' : 'Nobody is called so'}
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
