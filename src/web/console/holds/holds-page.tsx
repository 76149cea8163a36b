import { Group } from '@mantine/core';
import { HoldsDocument, type HoldsQuery } from '../../generated.js';
import { SearchField } from '../forms/search-field.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { HoldList } from './hold-list.js';
import { parseState } from './hold-state.js';
import { StateSelect } from './state-select.js';

/** Holds of all users. State and reference are in the URL. */
export function HoldsPage() {
  const parameters = useParameters();
  const state = parseState(parameters.get('state'));
  const reference = parameters.get('reference') ?? '';
  return (
    <Page
      title="Holds"
      description="Points that applications have reserved. They stay the user’s, but cannot be spent until the hold ends."
    >
      <Group gap="sm">
        <SearchField
          label="Search by reference"
          value={reference}
          onChange={(text) => parameters.set('reference', text || null)}
        />
        <StateSelect value={state} onChange={(text) => parameters.set('state', text)} />
      </Group>
      <HoldList
        key={`${state} ${reference}`}
        withUser
        source={{
          query: HoldsDocument,
          variables: (after) => ({ first: 50, after, state: state ?? null, reference: reference || null }),
          page: ({ pointsHolds }: HoldsQuery) => pointsHolds,
        }}
        emptyReason={
          reference === ''
            ? 'There are no such holds.'
            : `No such hold has the reference “${reference}”. Upper and lower case differ.`
        }
      />
    </Page>
  );
}
