import type { HoldRowFragment } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { CopyableId } from '../display/copyable-id.js';
import { Fact } from '../display/facts.js';
import { formatNumber } from '../display/format-number.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import { Metadata, UserText } from '../points/entry-details.js';
import { MadeBy } from '../points/origin-lines.js';
import { HoldStatus } from './hold-status.js';

interface HoldFactsProps {
  hold: HoldRowFragment;
  /** By the clock of the server, in milliseconds since 1970. */
  now: number;
}

/** Everything that is known of a hold. */
export function HoldFacts({ hold, now }: HoldFactsProps) {
  const { id, user, points, createdAt, expiresAt, endedAt, reason, reference, metadata, idempotencyKey } = hold;
  return (
    <dl className="scrip-facts">
      <Fact label="Hold ID">
        <CopyableId id={id} of="the hold" />
      </Fact>
      <Fact label="User">
        <Name href={`/users/${user.id}`}>{user.username}</Name>
      </Fact>
      <Fact label="Points">
        <Amount>{formatNumber(points)}</Amount>
      </Fact>
      <Fact label="State">
        <HoldStatus hold={hold} now={now} />
      </Fact>
      <Fact label="Made">
        <Timestamp at={createdAt} isInline />
        <MadeBy by={hold.by} token={hold.token} />
      </Fact>
      <Fact label={endedAt === null ? 'Expires' : 'Ended'}>
        <Timestamp at={endedAt ?? expiresAt} isInline />
      </Fact>
      <Fact label="Reason">{reason === null ? 'None' : <UserText>{reason}</UserText>}</Fact>
      <Fact label="Reference">{reference === null ? 'None' : <UserText>{reference}</UserText>}</Fact>
      <Fact label="Metadata">{metadata.length === 0 ? 'None' : <Metadata items={metadata} />}</Fact>
      <Fact label="Idempotency key">{idempotencyKey === null ? 'None' : <UserText>{idempotencyKey}</UserText>}</Fact>
    </dl>
  );
}
