/** A word for a state, with a dot in its colour. */
export function StateMark({ tone, children }: { tone: 'good' | 'over' | 'bad'; children: string }) {
  return (
    <span className="scrip-state" data-tone={tone}>
      {children}
    </span>
  );
}
