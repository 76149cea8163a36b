import { Pill } from '@mantine/core';

interface FilterPillProps {
  children: string;
  /** The name of the button that removes the filter. */
  removeLabel: string;
  onRemove: () => void;
}

/** A filter that a link has set, with a button that removes it. Mantine hides that button from keyboard and screen reader. */
export function FilterPill({ children, removeLabel, onRemove }: FilterPillProps) {
  return (
    <Pill
      size="lg"
      withRemoveButton
      removeButtonProps={{ 'aria-label': removeLabel, 'aria-hidden': false, tabIndex: 0 }}
      onRemove={onRemove}
    >
      {children}
    </Pill>
  );
}
