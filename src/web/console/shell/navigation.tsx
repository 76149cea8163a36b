import { NavLink } from '@mantine/core';
import { Coins, ExternalLink, Gauge, KeyRound, Lock, ScrollText, Users, Webhook } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { basePath } from '../../shared/base-path.js';

const PAGES = [
  { href: '/', label: 'Overview', icon: Gauge },
  { href: '/tokens', label: 'Tokens', icon: KeyRound },
  { href: '/users', label: 'Users', icon: Users },
  { href: '/points', label: 'Points', icon: Coins },
  { href: '/holds', label: 'Holds', icon: Lock },
  { href: '/webhooks', label: 'Webhooks', icon: Webhook },
  { href: '/audit', label: 'Audit', icon: ScrollText },
];

/** Links to the pages of the console and to GraphiQL. */
export function Navigation() {
  const [location] = useLocation();
  return (
    <nav aria-label="Pages">
      {PAGES.map(({ href, label, icon: Icon }) => {
        const isHere = href === '/' ? location === '/' : location.startsWith(href);
        return (
          <NavLink
            key={href}
            component={Link}
            href={href}
            label={label}
            active={isHere}
            aria-current={isHere ? 'page' : undefined}
            leftSection={<Icon size={17} strokeWidth={1.8} aria-hidden />}
          />
        );
      })}
      <NavLink
        href={`${basePath}/graphql`}
        target="_blank"
        rel="noopener"
        label="GraphiQL"
        mt="sm"
        leftSection={<ExternalLink size={17} strokeWidth={1.8} aria-hidden />}
      />
    </nav>
  );
}
