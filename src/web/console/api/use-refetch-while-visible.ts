import { useDocumentVisibility, useInterval } from '@mantine/hooks';
import { useEffect } from 'react';

const INTERVAL_MILLISECONDS = 4_000;

/** Runs a query again every few seconds while the page is visible. `isLive`: whether its data can still change. */
export function useRefetchWhileVisible(refetch: () => void, isLive = true): void {
  const isVisible = useDocumentVisibility() === 'visible';
  const { start, stop } = useInterval(refetch, INTERVAL_MILLISECONDS);
  useEffect(() => {
    if (!isLive || !isVisible) return;
    start();
    return stop;
  }, [isLive, isVisible, start, stop]);
}
