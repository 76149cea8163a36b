import { type RefObject, useEffect, useRef, useState } from 'react';

/** The current step of a form, and the field that takes the focus in it. Without one, its heading does. */
interface Position {
  readonly step: number;
  readonly field?: string | undefined;
}

/** At the start a dialog gives the focus to its first field. */
const START: Position = { step: 0 };

interface Steps {
  /** Index of the current step. */
  readonly step: number;
  /** For the heading of the step. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
  /** Shows a step, with the focus on a field of it. */
  readonly goTo: (step: number, field?: string) => void;
}

/** The steps of a form, one of which is shown. */
export function useSteps(form: { getInputNode(path: string): HTMLElement | null }): Steps {
  const [position, setPosition] = useState(START);
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves with the position, not with each input.
  useEffect(() => {
    if (position === START) return;
    const field = position.field === undefined ? null : form.getInputNode(position.field);
    (field ?? heading.current)?.focus();
  }, [position]);
  return { step: position.step, heading, goTo: (step, field) => setPosition({ step, field }) };
}
