import { Group } from '@mantine/core';
import { UserHoldsDocument, type UserHoldsQuery } from '../../generated.js';
import { useParameters } from '../page/use-parameters.js';
import { HoldList } from './hold-list.js';
import { parseState } from './hold-state.js';
import { StateSelect } from './state-select.js';

/** Holds of a user in a state, by default the open ones. The state is in the URL. */
export function UserHolds({ userId }: { userId: string }) {
  const parameters = useParameters();
  const state = parseState(parameters.get('state'));
  return (
    <>
      <Group mb="md">
        <StateSelect value={state} onChange={(text) => parameters.set('state', text)} />
      </Group>
      <HoldList
        key={state}
        source={{
          query: UserHoldsDocument,
          variables: (after) => ({ id: userId, first: 50, after, state: state ?? null }),
          page: ({ user }: UserHoldsQuery) => user?.pointsHolds,
        }}
        emptyReason={state === 'HELD' ? 'No points of this user are reserved.' : 'This user has no such holds.'}
      />
    </>
  );
}
