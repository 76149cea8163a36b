/**
 * zod without its just-in-time compiler, which would make code from text. The setting must precede the first schema, so
 * import zod only from this module.
 */
import { config } from 'zod';

export * from 'zod';

config({ jitless: true });
