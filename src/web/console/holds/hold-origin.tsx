import type { HoldRowFragment } from '../../generated.js';
import { Line } from '../display/line.js';
import { LongText } from '../display/long-text.js';
import { Name } from '../display/name.js';
import { MadeBy } from '../points/origin-lines.js';

/** Why a hold was made, what it belongs to in another system, who made it and with which token. */
export function HoldOrigin({ hold, size = 'sm' }: { hold: HoldRowFragment; size?: 'xs' | 'sm' }) {
  const { reason, reference, by, token } = hold;
  return (
    <>
      {reason && <LongText size={size}>{reason}</LongText>}
      {reference != null && (
        <Line>
          Reference{' '}
          <Name href={`/holds?state=&reference=${encodeURIComponent(reference)}`} isInline>
            {reference}
          </Name>
        </Line>
      )}
      <MadeBy by={by} token={token} />
    </>
  );
}
