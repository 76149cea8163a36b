import type { EntryRowFragment } from '../../generated.js';
import { CopyableId } from '../display/copyable-id.js';
import { Fact } from '../display/facts.js';
import { plainText } from '../display/plain-text.js';
import { FullWidthRow } from '../lists/list.js';

/** A row below an entry with its id, its idempotency key and its metadata. */
export function EntryDetails({ id, entry }: { id: string; entry: EntryRowFragment }) {
  const { reference, metadata, idempotencyKey, counterpart } = entry;
  return (
    <FullWidthRow>
      <dl className="scrip-facts" id={id}>
        <Fact label="Entry ID">
          <CopyableId id={entry.id} of="the entry" />
        </Fact>
        {counterpart && (
          <Fact label="Entry of the other user">
            <CopyableId id={counterpart.id} of="the entry of the other user" />
          </Fact>
        )}
        {reference != null && (
          <Fact label="Reference">
            <UserText>{reference}</UserText>
          </Fact>
        )}
        <Fact label="Idempotency key">{idempotencyKey == null ? 'None' : <UserText>{idempotencyKey}</UserText>}</Fact>
        <Fact label="Metadata">{metadata.length === 0 ? 'None' : <Metadata items={metadata} />}</Fact>
      </dl>
    </FullWidthRow>
  );
}

/** What a client stored with a change or a hold. */
export function Metadata({ items }: { items: EntryRowFragment['metadata'] }) {
  return (
    <dl className="scrip-facts">
      {items.map(({ key, value }) => (
        <Fact key={key} label={key}>
          <UserText>{value}</UserText>
        </Fact>
      ))}
    </dl>
  );
}

/** A user's text, isolated from the direction of the text around it. */
export function UserText({ children }: { children: string }) {
  return <bdi>{plainText(children)}</bdi>;
}
