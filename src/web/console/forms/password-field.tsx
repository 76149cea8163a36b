import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** A password input whose visibility button has a name. */
export function PasswordField({ label, ...props }: PasswordInputProps & { label: string }) {
  return (
    <PasswordInput
      label={label}
      visibilityToggleButtonProps={{ 'aria-label': `Show the ${label.toLowerCase()}` }}
      {...props}
    />
  );
}
