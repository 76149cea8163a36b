/** The limits of a change of points, for input and tables. */

/** 2^53-1: the largest integer that a JavaScript number holds exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;

/** The largest Int of GraphQL and integer of PostgreSQL. */
export const MAX_SEQUENCE = 2 ** 31 - 1;

/** The maximum duration of a hold: 30 days. */
export const MAX_HOLD_SECONDS = 2_592_000;

/** In code points. */
export const REASON = { min: 0, max: 500 };
export const IDEMPOTENCY_KEY = { min: 1, max: 255 };
export const REFERENCE = { min: 1, max: 100 };
export const METADATA_VALUE = { min: 0, max: 200 };

export const METADATA_ITEMS = { max: 20 };

/** Bytes in UTF-8 of the reference and the metadata of one change together. */
export const MAX_NOTE_BYTES = 4_096;
