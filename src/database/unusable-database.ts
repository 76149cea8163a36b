/** The database cannot be used as it is. The message says why, and what to do; it holds no URL. */
export class UnusableDatabase extends Error {}
