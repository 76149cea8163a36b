/** Every table, for the migration generator. */
export * from '../points/table.js';
export * from '../posts/table.js';
export * from '../tokens/table.js';
export * from '../users/table.js';
