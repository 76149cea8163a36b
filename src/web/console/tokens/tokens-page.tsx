import { Button, Group, SegmentedControl } from '@mantine/core';
import { Plus } from 'lucide-react';
import { isScope } from '../../../auth/scope.js';
import { SearchField } from '../forms/search-field.js';
import { UserSelect } from '../forms/user-select.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { IssueDialog } from './issue-dialog.js';
import { TokenList } from './token-list.js';

const STATES = [
  { value: 'ACTIVE', label: 'Active' },
  { value: 'PAUSED', label: 'Paused' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'REVOKED', label: 'Revoked' },
  { value: '', label: 'All' },
] as const;

/**
 * The app tokens. Filters are in the URL; `?issue=points:add,points:spend` opens the issue dialog with these scopes
 * selected.
 */
export function TokensPage() {
  const parameters = useParameters();
  const requested = parameters.get('issue');
  const owner = parameters.get('owner');
  const search = parameters.get('search') ?? '';
  const state = STATES.find(({ value }) => value === (parameters.get('state') ?? 'ACTIVE'))?.value ?? '';
  const issue = () => parameters.set('issue', '');

  return (
    <Page
      title="Tokens"
      description="Trusted applications call the API with a token. Give each one its own token and only the scopes that it needs."
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
      {requested !== null && (
        <IssueDialog scopes={requested.split(',').filter(isScope)} onClosed={() => parameters.set('issue', null)} />
      )}
    </Page>
  );
}
