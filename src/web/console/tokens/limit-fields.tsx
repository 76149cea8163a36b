import { NumberInput, SimpleGrid, Text } from '@mantine/core';
import { LIMITS } from './limits.js';

interface LimitFieldsProps {
  /** The properties of the input at a path of the form. */
  inputProps: (path: string) => object;
}

/** A number field for each limit of a token. */
export function LimitFields({ inputProps }: LimitFieldsProps) {
  return (
    <>
      <Text size="sm">
        Every limit is optional. A day begins at midnight UTC. Reversals do not count in the limits of a day.
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {LIMITS.map(({ key, label, description }) => (
          <NumberInput
            key={key}
            label={label}
            description={description}
            placeholder="No limit"
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=","
            hideControls
            inputMode="numeric"
            autoComplete="off"
            {...inputProps(`limits.${key}`)}
          />
        ))}
      </SimpleGrid>
    </>
  );
}
