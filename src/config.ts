import { resolve } from 'node:path';
import { z } from 'zod';

/** Everything that a process can be told, parsed. Nothing else reads the environment. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the system choose. */
    readonly port: number;
    /** Origins whose pages may call the API. */
    readonly corsOrigins: readonly string[];
    /** How many reverse proxies stand in front and may be believed about the client's address. */
    readonly trustedProxies: number;
  };
  readonly database: {
    readonly source: { readonly kind: 'embedded'; readonly home: string } | { readonly kind: 'url'; readonly url: string };
    readonly poolSize: number;
    /** A pooler in transaction mode stands between: no named prepared statements, no settings at connect. */
    readonly behindPooler: boolean;
  };
  readonly limits: {
    readonly bodyBytes: number;
    readonly documentTokens: number;
    readonly depth: number;
    readonly aliases: number;
    readonly rootFields: number;
    readonly cost: number;
  };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The environment names something that cannot be. The message names every such variable, and no value. */
export class BadConfig extends Error {}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

const onOrOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  CORS_ORIGINS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((origin) => origin !== ''))
    .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example, separated by commas')
    .default([]),
  TRUSTED_PROXIES: wholeNumber(0, 10).default(0),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, 'must be a URL such as postgres://user:password@host:5432/database')
    .optional(),
  DATABASE_POOL: wholeNumber(2, 100).default(10),
  DATABASE_POOLER: onOrOff.default(false),
  SCRIP_HOME: z.string().default('.scrip'),
  LIMIT_BODY_BYTES: wholeNumber(1_000, 100_000_000).default(4_000_000),
  LIMIT_DOCUMENT_TOKENS: wholeNumber(100, 100_000).default(2_000),
  LIMIT_DEPTH: wholeNumber(2, 100).default(12),
  LIMIT_ALIASES: wholeNumber(0, 1_000).default(50),
  LIMIT_ROOT_FIELDS: wholeNumber(1, 1_000).default(50),
  LIMIT_COST: wholeNumber(100, 10_000_000).default(50_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/**
 * Makes a configuration of environment variables; an empty one counts as unset, an unknown one is nobody's business.
 *
 * @throws BadConfig naming every bad variable.
 */
export function parseConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new BadConfig(describe(parsed.error));
  const env = parsed.data;
  return {
    http: {
      host: env.HOST,
      port: env.PORT,
      corsOrigins: env.CORS_ORIGINS,
      trustedProxies: env.TRUSTED_PROXIES,
    },
    database: {
      source:
        env.DATABASE_URL === undefined
          ? { kind: 'embedded', home: resolve(env.SCRIP_HOME) }
          : { kind: 'url', url: env.DATABASE_URL },
      poolSize: env.DATABASE_POOL,
      behindPooler: env.DATABASE_POOLER,
    },
    limits: {
      bodyBytes: env.LIMIT_BODY_BYTES,
      documentTokens: env.LIMIT_DOCUMENT_TOKENS,
      depth: env.LIMIT_DEPTH,
      aliases: env.LIMIT_ALIASES,
      rootFields: env.LIMIT_ROOT_FIELDS,
      cost: env.LIMIT_COST,
    },
    logLevel: env.LOG_LEVEL,
  };
}

function describe(error: z.ZodError): string {
  const faults = error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  return `Bad settings: ${faults.join('; ')}.`;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
}
