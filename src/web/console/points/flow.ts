/** How many points came and went on one day, by the clock of this browser. */
export interface DayFlow {
  /** As people write it: "Jan 31". */
  readonly day: string;
  readonly added: number;
  readonly taken: number;
}

const format = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** What entries came to on each of the last days, today included; days on which nothing happened are there, too. */
export function flowByDay(
  entries: readonly { delta: number; createdAt: string }[],
  { days, now }: { days: number; now: Date },
): DayFlow[] {
  const flows = new Map<string, { day: string; added: number; taken: number }>();
  for (let ago = days - 1; ago >= 0; ago--) {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
    flows.set(date.toDateString(), { day: format.format(date), added: 0, taken: 0 });
  }
  for (const { delta, createdAt } of entries) {
    const flow = flows.get(new Date(createdAt).toDateString());
    if (flow && delta > 0) flow.added += delta;
    else if (flow) flow.taken -= delta;
  }
  return [...flows.values()];
}
