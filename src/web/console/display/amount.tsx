import { Fragment } from 'react';

/** Digits and commas; a longer number may break. */
const MAX_UNBROKEN = 11;

/** A number in groups of digits. A large one breaks between the groups where there is no room. */
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
