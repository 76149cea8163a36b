/** Every table, for the migration generator. */
export * from '../audit/table.js';
export * from '../points/table.js';
export * from '../posts/table.js';
export * from '../sessions/table.js';
export * from '../throttles/table.js';
export * from '../tokens/table.js';
export * from '../users/table.js';
