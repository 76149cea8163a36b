/** Every table, for the migration generator. */
export * from '../src/audit/table.js';
export * from '../src/points/holds/table.js';
export * from '../src/points/table.js';
export * from '../src/posts/table.js';
export * from '../src/sessions/table.js';
export * from '../src/throttles/table.js';
export * from '../src/tokens/table.js';
export * from '../src/users/table.js';
export * from '../src/webhooks/table.js';
