/** What an app token is restricted to beside its scopes, as far as requests are checked against it. */
export interface Restrictions {
  /** The first token of its rotations. They share counters and documents. */
  readonly rootId: string;
  /** Null: no limit. */
  readonly requestsPerMinute: number | null;
  /** Whether changes of points count against a limit for a day over all users. */
  readonly countsDays: boolean;
  /** CIDR blocks that requests must come from; empty: from anywhere. */
  readonly networks: readonly string[];
  /** Whether it runs only the operations that it was issued for. */
  readonly hasDocuments: boolean;
}
