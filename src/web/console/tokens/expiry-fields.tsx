import { NativeSelect, TextInput } from '@mantine/core';
import { TIME_ZONE } from '../lists/period.js';
import { EXPIRIES, type Expiry, today } from './expiry.js';

interface ExpiryFieldsProps {
  /** Whether the last day can be entered. */
  isCustom: boolean;
  /** The properties of the input at a path of the form. */
  inputProps: (path: 'expiry' | 'lastDay') => object;
  /** By default those of a new token. */
  options?: readonly Expiry[];
}

/** When a token expires. */
export function ExpiryFields({ isCustom, inputProps, options = EXPIRIES }: ExpiryFieldsProps) {
  return (
    <>
      <NativeSelect label="Expires" data={[...options]} {...inputProps('expiry')} />
      {isCustom && (
        <TextInput
          type="date"
          label="Last day"
          description={`In the time zone ${TIME_ZONE}.`}
          min={today()}
          {...inputProps('lastDay')}
        />
      )}
    </>
  );
}
