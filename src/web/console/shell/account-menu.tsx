import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { Check, ChevronDown, KeyRound, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { ChangePasswordDialog } from '../session/change-password-dialog.js';
import { type Admin, logOut } from '../session/session.js';

const SCHEMES = [
  { scheme: 'light', label: 'Light', icon: Sun },
  { scheme: 'dark', label: 'Dark', icon: Moon },
  { scheme: 'auto', label: 'As the system', icon: Monitor },
] as const;

/** The administrator who is logged in: user page, password, appearance and log-out. */
export function AccountMenu({ admin }: { admin: Admin }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [isChanging, setChanging] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button variant="subtle" size="compact-sm" fw={500} rightSection={<ChevronDown size={14} aria-hidden />}>
            {admin.username}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} href={`/users/${admin.id}`} leftSection={<UserRound size={15} aria-hidden />}>
            Your user
          </Menu.Item>
          <Menu.Item leftSection={<KeyRound size={15} aria-hidden />} onClick={() => setChanging(true)}>
            Change password
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>Appearance</Menu.Label>
          {SCHEMES.map(({ scheme, label, icon: Icon }) => (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={colorScheme === scheme}
              leftSection={<Icon size={15} aria-hidden />}
              rightSection={colorScheme === scheme && <Check size={15} aria-hidden />}
              onClick={() => setColorScheme(scheme)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => void logOut()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <ChangePasswordDialog username={admin.username} onClosed={() => setChanging(false)} />}
    </>
  );
}
