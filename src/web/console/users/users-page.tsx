import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { Page } from '../shell/page.js';
import { CreateUserDialog } from './create-user-dialog.js';
import { UserList } from './user-list.js';

const TYPING_PAUSE_MILLISECONDS = 200;

/** Everybody who can have points. */
export function UsersPage() {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MILLISECONDS);
  const [isCreating, setCreating] = useState(false);
  const create = () => setCreating(true);
  return (
    <Page
      title="Users"
      description="Whoever has points, and whoever may log in."
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={create}>
          Create a user
        </Button>
      }
    >
      <TextInput
        type="search"
        aria-label="Search by name"
        placeholder="Search by name"
        leftSection={<Search size={16} aria-hidden />}
        maw={320}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <UserList key={search} search={search} onCreate={create} />
      {isCreating && <CreateUserDialog onClosed={() => setCreating(false)} />}
    </Page>
  );
}
