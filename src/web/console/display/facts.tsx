import { Fragment, type ReactNode } from 'react';

/** A name and its value in a list of `scrip-facts`. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Fragment>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </Fragment>
  );
}
