import { Line } from '../display/line.js';
import { Name } from '../display/name.js';

interface MadeByProps {
  by: { readonly id: string; readonly username: string } | null;
  token: { readonly id: string; readonly name: string } | null;
}

/** Who made a change, and with which token. */
export function MadeBy({ by, token }: MadeByProps) {
  if (!by) return null;
  return (
    <Line>
      By{' '}
      <Name href={`/users/${by.id}`} isInline>
        {by.username}
      </Name>
      {token && (
        <>
          {' '}
          with{' '}
          <Name href={`/tokens/${token.id}`} isInline>
            {token.name}
          </Name>
        </>
      )}
    </Line>
  );
}
