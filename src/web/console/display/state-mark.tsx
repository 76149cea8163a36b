/** A state with a dot in its colour. */
export function StateMark({ tone, children }: { tone: 'positive' | 'neutral' | 'negative'; children: string }) {
  return (
    <span className="scrip-state" data-tone={tone}>
      {children}
    </span>
  );
}
