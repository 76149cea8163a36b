import { Fragment } from 'react';

/** In characters, commas included. A longer number may wrap. */
const MAX_UNBROKEN = 11;

/** A number in groups of digits. A long one wraps between the groups. */
export function Amount({ children }: { children: string }) {
  if (children.length <= MAX_UNBROKEN) return <span className="scrip-number">{children}</span>;
  return (
    <span className="scrip-number" data-large>
      {children.split(/(?<=,)/).map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups of digits have no identity and never move.
        <Fragment key={index}>
          {group}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
