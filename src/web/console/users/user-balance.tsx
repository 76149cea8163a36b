import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { UserDetailsQuery } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { BalanceChart } from '../points/balance-chart.js';

type User = NonNullable<UserDetailsQuery['user']>;

/** The balance of a user with its chart. Where points are reserved, also how many, and how many are available. */
export function UserBalance({ user: { id, points, pointsAvailable } }: { user: User }) {
  const reserved = points == null || pointsAvailable == null ? 0 : points - pointsAvailable;
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs">
        <Group gap="xl" align="flex-start" role="status">
          <Figure label="Balance" isLarge>
            {points == null ? 'Unknown' : formatNumber(points)}
          </Figure>
          {pointsAvailable != null && reserved > 0 && (
            <>
              <Figure
                label={
                  <Anchor component={Link} href={`/users/${id}?tab=holds`} inherit>
                    Reserved
                  </Anchor>
                }
              >
                {formatNumber(reserved)}
              </Figure>
              <Figure label="Available">{formatNumber(pointsAvailable)}</Figure>
            </>
          )}
        </Group>
        <BalanceChart userId={id} />
      </Stack>
    </Paper>
  );
}

interface FigureProps {
  label: ReactNode;
  isLarge?: boolean;
  children: string;
}

function Figure({ label, isLarge = false, children }: FigureProps) {
  return (
    <div>
      <Text size="sm" c="dimmed" component="div" mb="xs">
        {label}
      </Text>
      <Text
        fz={isLarge ? { base: 24, sm: 32 } : { base: 18, sm: 24 }}
        fw={600}
        lh={{ base: '26px', sm: '35px' }}
        component="div"
      >
        <Amount>{children}</Amount>
      </Text>
    </div>
  );
}
