import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { ChevronDown, KeyRound, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { ChangePasswordDialog } from '../account/change-password-dialog.js';
import type { Admin } from '../session/session.js';
import { useSession } from '../session/session-context.js';

const SCHEMES = [
  { scheme: 'light', label: 'Light', icon: Sun },
  { scheme: 'dark', label: 'Dark', icon: Moon },
  { scheme: 'auto', label: 'System', icon: Monitor },
] as const;

/** The administrator who is logged in: user page, password, appearance and log-out. */
export function AccountMenu({ admin }: { admin: Admin }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const session = useSession();
  const [isChanging, setChanging] = useState(false);
  return (
    <>
      <Menu width={200}>
        <Menu.Target>
          <Button variant="subtle" size="compact-sm" fw={500} rightSection={<ChevronDown size={14} aria-hidden />}>
            {admin.username}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} href={`/users/${admin.id}`} leftSection={<UserRound size={15} aria-hidden />}>
            Your account
          </Menu.Item>
          <Menu.Item leftSection={<KeyRound size={15} aria-hidden />} onClick={() => setChanging(true)}>
            Change password
          </Menu.Item>
          <Menu.Divider />
          {/* biome-ignore lint/a11y/useSemanticElements: a menu may contain groups (ARIA 1.2), and a fieldset is not one of its roles. */}
          <div role="group" aria-label="Appearance">
            <Menu.Label aria-hidden>Appearance</Menu.Label>
            <Menu.RadioGroup value={colorScheme}>
              {SCHEMES.map(({ scheme, label, icon: Icon }) => (
                <Menu.RadioItem
                  key={scheme}
                  value={scheme}
                  closeMenuOnClick
                  rightSection={<Icon size={15} aria-hidden />}
                  onChange={() => setColorScheme(scheme)}
                >
                  {label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </div>
          <Menu.Divider />
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => void session.logOut()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <ChangePasswordDialog username={admin.username} onClosed={() => setChanging(false)} />}
    </>
  );
}
