import { Group, NativeSelect, Stack, Text } from '@mantine/core';
import { FilterTokenDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { MessageAlert } from '../display/error-alert.js';
import { isolatedText } from '../display/plain-text.js';
import { DayField } from '../forms/day-field.js';
import { FilterPill } from '../forms/filter-pill.js';
import { SearchField } from '../forms/search-field.js';
import { TIME_ZONE } from '../lists/period.js';
import { kindLabel } from './kind-label.js';
import { KINDS, type LedgerSearch as Search } from './ledger-filter.js';

interface LedgerSearchProps {
  search: Search;
  /** Why the search cannot be sent. */
  fault: string | null;
  /** Sets parameters of the URL; null removes one. */
  onChange: (parameters: Readonly<Record<string, string | null>>) => void;
}

/** The fields by which the ledger is searched. */
export function LedgerSearch({ search, fault, onChange }: LedgerSearchProps) {
  const { reference, kind, token, period } = search;
  return (
    <Stack gap="xs" mb="md" role="search" aria-label="Entries">
      <Group gap="sm">
        <SearchField
          label="Search by reference"
          value={reference}
          onChange={(text) => onChange({ reference: text || null })}
        />
        <NativeSelect
          aria-label="Kind"
          data={[{ value: '', label: 'Any kind' }, ...KINDS.map((value) => ({ value, label: kindLabel(value) }))]}
          value={kind ?? ''}
          onChange={({ currentTarget }) => onChange({ kind: currentTarget.value || null })}
        />
        {token !== undefined && <TokenPill id={token} onRemove={() => onChange({ token: null })} />}
      </Group>
      <Group gap="sm">
        <DayField label="From" value={period.from} onChange={(from) => onChange({ from })} />
        <DayField label="To" value={period.to} onChange={(to) => onChange({ to })} />
        <Text size="xs" c="dimmed">
          Days in the time zone {TIME_ZONE}
        </Text>
      </Group>
      <MessageAlert>{fault ?? undefined}</MessageAlert>
    </Stack>
  );
}

/** The token whose entries are shown. */
function TokenPill({ id, onRemove }: { id: string; onRemove: () => void }) {
  const { data } = useApiQuery(FilterTokenDocument, { id }, { types: 'Token' });
  return (
    <FilterPill removeLabel="Clear the token" onRemove={onRemove}>
      {`Token ${data?.token ? isolatedText(data.token.name) : id}`}
    </FilterPill>
  );
}
