import { Skeleton, type SkeletonProps } from '@mantine/core';

/** A placeholder for content that is loading. */
export function Loading(props: SkeletonProps) {
  return <Skeleton role="status" aria-label="Loading" {...props} />;
}
