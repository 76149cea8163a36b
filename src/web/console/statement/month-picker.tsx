import { ActionIcon, Group, NativeSelect } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { addMonths, MONTH_NAMES } from './month.js';

/** The years that are offered. The buttons lead to earlier ones. */
const YEARS = 10;

interface MonthPickerProps {
  /** `2026-11`. */
  value: string;
  /** The last month that can be selected. */
  max: string;
  onChange: (month: string) => void;
}

/** Selects a month. */
export function MonthPicker({ value, max, onChange }: MonthPickerProps) {
  const [year = '', number = ''] = value.split('-');
  const choose = (month: string) => onChange(month > max ? max : month);
  return (
    <Group gap="xs" role="group" aria-label="Month of the statement">
      <ActionIcon variant="default" size={36} aria-label="Previous month" onClick={() => choose(addMonths(value, -1))}>
        <ChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <NativeSelect
        aria-label="Month"
        data={MONTH_NAMES.map((label, index) => {
          const month = String(index + 1).padStart(2, '0');
          return { value: month, label, disabled: `${year}-${month}` > max };
        })}
        value={number}
        onChange={({ currentTarget }) => choose(`${year}-${currentTarget.value}`)}
      />
      <NativeSelect
        aria-label="Year"
        data={yearsUpTo(max, year)}
        value={year}
        onChange={({ currentTarget }) => choose(`${currentTarget.value}-${number}`)}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label="Next month"
        disabled={value >= max}
        onClick={() => choose(addMonths(value, 1))}
      >
        <ChevronRight size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

/** The latest years first, with the selected one. */
function yearsUpTo(max: string, selected: string): string[] {
  const last = Number(max.slice(0, 4));
  const years = Array.from({ length: YEARS }, (_, index) => String(last - index));
  return years.includes(selected) ? years : [...years, selected];
}
