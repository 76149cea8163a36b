import { Anchor, AppShell, Burger, Group, Image, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import logo from '../../shared/scrip.svg';
import { PasswordReminder } from '../account/password-reminder.js';
import type { Admin } from '../session/session.js';
import { AccountMenu } from './account-menu.js';
import { ConnectionNotice } from './connection-notice.js';
import { Navigation } from './navigation.js';
import { Pages } from './pages.js';

/**
 * The frame around every page: header, navigation and account menu. After a navigation the page takes the focus, so that a
 * screen reader announces its title. On a narrow screen the open navigation covers the page, which then takes no focus.
 *
 * @param isNewLogin whether the administrator just logged in: then the first page takes the focus as well.
 */
export function Shell({ admin, isNewLogin }: { admin: Admin; isNewLogin: boolean }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const isNarrow = useMediaQuery('(max-width: 61.99em)') === true; // below Mantine's breakpoint `md`
  const isCovered = isOpen && isNarrow;
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const burger = useRef<HTMLButtonElement>(null);
  const shown = useRef(isNewLogin ? undefined : location);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a navigation closes the navigation bar.
  useEffect(close, [location, close]);
  useEffect(() => {
    if (isCovered || shown.current === location) return;
    main.current?.focus({ preventScroll: true });
    shown.current = location;
  }, [location, isCovered]);
  useWindowEvent('keydown', ({ key }) => {
    if (key !== 'Escape' || !isCovered) return;
    close();
    burger.current?.focus();
  });

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
            <Burger
              ref={burger}
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label="Pages"
              aria-expanded={isOpen}
            />
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
      {/* Mantine moves a closed navigation bar out of sight, where its links could still take the focus. */}
      <AppShell.Navbar p="sm" inert={isNarrow && !isOpen}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} aria-labelledby="page-title" ref={main} inert={isCovered}>
        <div className="scrip-content">
          <ConnectionNotice />
          <PasswordReminder admin={admin} />
          <Pages />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
