import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { RotateTokenDocument, type TokenRowFragment } from '../../generated.js';
import { Fault } from '../reading/fault.js';
import { Dialog } from '../shell/dialog.js';
import { type IssuedSecret, SecretBox } from './secret-box.js';

const OVERLAPS = [
  { value: '0', label: 'Stops at once' },
  { value: '3600', label: 'Works for another hour' },
  { value: '86400', label: 'Works for another day' },
  { value: '604800', label: 'Works for another week' },
];

/** Replaces a token by a new one, and shows that one's secret. */
export function RotateDialog({ token, onClosed }: { token: TokenRowFragment; onClosed: () => void }) {
  const [{ error, fetching }, rotate] = useMutation(RotateTokenDocument);
  const [overlapSeconds, setOverlap] = useState('86400');
  const [issued, setIssued] = useState<IssuedSecret>();
  const run = async () => {
    const { data } = await rotate({ input: { id: token.id, overlapSeconds: Number(overlapSeconds) } });
    if (data?.rotateToken) setIssued({ secret: data.rotateToken.secret, name: token.name });
  };
  return (
    <Dialog title={`Rotate “${token.name}”`} size="lg" isModal={issued !== undefined} onClosed={onClosed}>
      {(close) =>
        issued ? (
          <SecretBox issued={issued} onDone={close} />
        ) : (
          <Stack>
            <Text size="sm">
              A new token takes its place, with the same name, owner, scopes and end. The old secret goes on working for
              a while, if you like, so that the running application can change over.
            </Text>
            <NativeSelect
              label="The old secret"
              data={OVERLAPS}
              value={overlapSeconds}
              onChange={({ currentTarget }) => setOverlap(currentTarget.value)}
              data-autofocus
            />
            <Fault error={error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button loading={fetching} onClick={() => void run()}>
                Rotate
              </Button>
            </Group>
          </Stack>
        )
      }
    </Dialog>
  );
}
