import { Anchor, AppShell, Burger, Group, Image, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import logo from '../../shared/scrip.svg';
import { ConnectionNotice } from '../connection/connection-notice.js';
import { PasswordReminder } from '../session/password-reminder.js';
import type { Admin } from '../session/session.js';
import { AccountMenu } from './account-menu.js';
import { Navigation } from './navigation.js';
import { Pages } from './pages.js';

/**
 * The frame around every page: header, navigation and account menu. After a navigation the page takes the focus, so that a
 * screen reader announces its title.
 *
 * @param isNewLogin whether the administrator just logged in: then the first page takes the focus as well.
 */
export function Shell({ admin, isNewLogin }: { admin: Admin; isNewLogin: boolean }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(isNewLogin ? undefined : location);
  useEffect(() => {
    close();
    if (shown.current !== location) main.current?.focus({ preventScroll: true });
    shown.current = location;
  }, [location, close]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
      transitionDuration={0}
    >
      <Anchor href="#content" className="scrip-skip">
        Skip to content
      </Anchor>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="md" size="sm" aria-label="Pages" />
            <Link href="/" className="scrip-brand">
              <Image src={logo} alt="" w={24} h={24} />
              <Text component="span" fw={600}>
                Scrip
              </Text>
            </Link>
          </Group>
          <AccountMenu admin={admin} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} aria-labelledby="page-title" ref={main}>
        <div className="scrip-content">
          <ConnectionNotice />
          <PasswordReminder admin={admin} />
          <Pages />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
