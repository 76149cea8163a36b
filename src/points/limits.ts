/** The bounds of what a change of points may hold, for input and tables alike. */

/** 2^53-1: the largest whole number that JSON and JavaScript carry exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;

/** GraphQL's Int and PostgreSQL's integer end here. */
export const MAX_SEQUENCE = 2 ** 31 - 1;

/** In code points. */
export const REASON = { min: 0, max: 500 };
export const IDEMPOTENCY_KEY = { min: 1, max: 255 };
