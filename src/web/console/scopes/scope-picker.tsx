import { Checkbox, Code, Fieldset, SimpleGrid, Stack } from '@mantine/core';
import { useScopes } from './use-scopes.js';

interface ScopePickerProps {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** Of the form field, whose first check box takes the focus if it is wrong. */
  path: string;
}

/** Every scope, to be ticked one by one or a subject at a time. */
export function ScopePicker({ chosen, onChange, path }: ScopePickerProps) {
  const set = (scopes: readonly string[], isOn: boolean) => {
    const rest = [...chosen].filter((scope) => !scopes.includes(scope));
    onChange(new Set(isOn ? [...rest, ...scopes] : rest));
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {useScopes().map(({ subject, scopes }, index) => {
        const all = scopes.map(({ scope }) => scope);
        const ticked = all.filter((scope) => chosen.has(scope)).length;
        return (
          <Fieldset
            key={subject}
            p="sm"
            pt="xs"
            legend={
              <Checkbox
                size="xs"
                data-path={index === 0 ? path : undefined}
                label={subject}
                aria-label={`All scopes of ${subject}`}
                checked={ticked === all.length}
                indeterminate={ticked > 0 && ticked < all.length}
                onChange={({ currentTarget }) => set(all, currentTarget.checked)}
              />
            }
          >
            <Stack gap="xs">
              {scopes.map(({ scope, sentence }) => (
                <Checkbox
                  key={scope}
                  size="sm"
                  label={<Code>{scope}</Code>}
                  description={sentence}
                  checked={chosen.has(scope)}
                  onChange={({ currentTarget }) => set([scope], currentTarget.checked)}
                />
              ))}
            </Stack>
          </Fieldset>
        );
      })}
    </SimpleGrid>
  );
}
