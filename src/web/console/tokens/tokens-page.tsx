import { Button, Group, SegmentedControl } from '@mantine/core';
import { Plus } from 'lucide-react';
import { isScope } from '../../../auth/scope.js';
import { SearchField } from '../lists/search-field.js';
import { Page } from '../shell/page.js';
import { useParameters } from '../shell/use-parameters.js';
import { UserSelect } from '../users/user-select.js';
import { IssueDialog } from './issue-dialog.js';
import { TokenList } from './token-list.js';

const STATES = [
  { value: 'ACTIVE', label: 'Active' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'REVOKED', label: 'Revoked' },
  { value: '', label: 'All' },
] as const;

/**
 * The tokens of trusted applications. What is listed stands in the address; `?issue=points:add,points:spend` opens the
 * dialog with these scopes ticked.
 */
export function TokensPage() {
  const parameters = useParameters();
  const wish = parameters.get('issue');
  const owner = parameters.get('owner');
  const search = parameters.get('search') ?? '';
  const state = STATES.find(({ value }) => value === (parameters.get('state') ?? 'ACTIVE'))?.value ?? '';
  const issue = () => parameters.set('issue', '');

  return (
    <Page
      title="Tokens"
      description="Each trusted application has one, with the scopes that it needs and no more."
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={issue}>
          Issue a token
        </Button>
      }
    >
      <Group gap="sm">
        <SearchField
          label="Search by name or owner"
          value={search}
          onChange={(text) => parameters.set('search', text || null)}
        />
        <SegmentedControl
          aria-label="State"
          data={[...STATES]}
          value={state}
          onChange={(value) => parameters.set('state', value)}
        />
        <UserSelect
          aria-label="Owner"
          placeholder="Any owner"
          clearable
          value={owner || null}
          onChange={(value) => parameters.set('owner', value)}
        />
      </Group>
      <TokenList
        key={`${state} ${owner} ${search}`}
        owner={owner || undefined}
        state={state || undefined}
        search={search || undefined}
        onIssue={issue}
      />
      {wish !== null && (
        <IssueDialog scopes={wish.split(',').filter(isScope)} onClosed={() => parameters.set('issue', null)} />
      )}
    </Page>
  );
}
