import { Checkbox, Code, Fieldset, SimpleGrid, Stack } from '@mantine/core';
import { useScopes } from './use-scopes.js';

interface ScopePickerProps {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** Path of the form field. Its first check box takes the focus when the field is invalid. */
  path: string;
}

/** Check boxes for every scope, grouped by resource. */
export function ScopePicker({ chosen, onChange, path }: ScopePickerProps) {
  const set = (scopes: readonly string[], isOn: boolean) => {
    const rest = [...chosen].filter((scope) => !scopes.includes(scope));
    onChange(new Set(isOn ? [...rest, ...scopes] : rest));
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {useScopes().map(({ resource, scopes }, index) => {
        const all = scopes.map(({ scope }) => scope);
        const selected = all.filter((scope) => chosen.has(scope)).length;
        return (
          <Fieldset
            key={resource}
            p="sm"
            pt="xs"
            legend={
              <Checkbox
                size="xs"
                data-path={index === 0 ? path : undefined}
                label={resource}
                aria-label={`All scopes of ${resource}`}
                checked={selected === all.length}
                indeterminate={selected > 0 && selected < all.length}
                onChange={({ currentTarget }) => set(all, currentTarget.checked)}
              />
            }
          >
            <Stack gap="xs">
              {scopes.map(({ scope, description }) => (
                <Checkbox
                  key={scope}
                  size="sm"
                  label={<Code>{scope}</Code>}
                  description={description}
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
