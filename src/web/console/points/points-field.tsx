import { NumberInput, type NumberInputProps } from '@mantine/core';
import { MAX_POINTS } from './format-sum.js';

/** The amount of a change of points. */
export function PointsField(props: NumberInputProps) {
  return (
    <NumberInput
      label="Points"
      min={1}
      max={MAX_POINTS}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      hideControls
      inputMode="numeric"
      {...props}
    />
  );
}

/** Validates an amount; null: valid. */
export function validatePoints(points: number | string): string | null {
  return Number(points) >= 1 ? null : 'Enter a whole number of at least 1.';
}
