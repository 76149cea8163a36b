/** The forms that several settings have. A message follows the name of the setting. */
import { parseDatabaseUrl } from './database-url.js';
import * as z from './zod.js';

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

export const onOrOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

/** A setting with this in its `meta` can also be given as a file, which `NAME_FILE` names. */
export const SECRET = { secret: true };

export function isSecret(type: z.ZodType): boolean {
  return type.meta()?.['secret'] === true;
}

/** The secret that signs tokens. */
export const signingSecret = z
  .string()
  .refine((value) => Buffer.byteLength(value) >= 32, 'must have at least 32 bytes')
  .optional();

/** The first segments of the server's own paths. Below one of them a path would mean two things. */
const ROUTES = ['assets', 'console', 'favicon.ico', 'graphql', 'healthz', 'metrics', 'readyz'];

/** A path such as `/scrip` or `/apps/scrip`: its segments have letters, digits and `-._~`, and none begins with a dot. */
export const basePath = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(
    /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/,
    'must be a path such as /scrip: with a slash at the beginning and none at the end, segments of letters, digits and -._~, and none that begins with a dot',
  )
  .refine((path) => !ROUTES.includes(path.split('/')[1] ?? ''), {
    error: ({ input }) =>
      `must not begin with /${String(input).split('/')[1]}, which is a path of the server itself: choose one such as /scrip`,
  });

export const claim = z.string().max(100, 'must have at most 100 characters');

export const databaseUrl = z
  .string()
  .transform((text, context) => {
    const parsed = parseDatabaseUrl(text);
    if ('url' in parsed) return parsed.url;
    context.addIssue({ code: 'custom', message: parsed.fault });
    return z.NEVER;
  })
  .optional();
