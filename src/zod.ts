/**
 * zod, with its compiler of checks switched off: no text becomes code here. It has to be off before the first schema is
 * made, so import zod from this module alone.
 */
import { config } from 'zod';

export * from 'zod';

config({ jitless: true });
