import type { EntryRowFragment } from '../../generated.js';
import { holdTitle } from '../display/hold-title.js';
import { Line } from '../display/line.js';
import { LongText } from '../display/long-text.js';
import { Detail, Name } from '../display/name.js';
import { MadeBy } from './origin-lines.js';

/**
 * The other user of a transfer, why an entry was written, which hold it captured, what it belongs to in another system, who
 * made the change and with which token.
 */
export function EntryOrigin({ entry, size = 'sm' }: { entry: EntryRowFragment; size?: 'xs' | 'sm' }) {
  const { reason, reverses, reversedBy, reference, by, token, hold } = entry;
  const text = reason ?? (reverses ? `Reverses entry ${reverses.sequence}` : '');
  return (
    <>
      <Counterpart entry={entry} />
      {text && <LongText size={size}>{text}</LongText>}
      {reversedBy && <Detail>{`Reversed by entry ${reversedBy.sequence}`}</Detail>}
      {hold && (
        <Line>
          Captured{' '}
          <Name href={`/holds/${hold.id}`} isInline>
            {holdTitle(hold).toLowerCase()}
          </Name>
        </Line>
      )}
      {reference != null && (
        <Line>
          Reference{' '}
          <Name href={`/points?reference=${encodeURIComponent(reference)}`} isInline>
            {reference}
          </Name>
        </Line>
      )}
      <MadeBy by={by} token={token} />
    </>
  );
}

/** The user to whom points were given, or from whom they were received. */
function Counterpart({ entry: { delta, counterpartUser, counterpart } }: { entry: EntryRowFragment }) {
  if (!counterpartUser) return null;
  return (
    <Line>
      {delta < 0 ? 'To' : 'From'}{' '}
      <Name href={`/users/${counterpartUser.id}`} isInline>
        {counterpartUser.username}
      </Name>{' '}
      {counterpart && <span>{`(entry ${counterpart.sequence})`}</span>}
    </Line>
  );
}
