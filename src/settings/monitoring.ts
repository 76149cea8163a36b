/** The settings of metrics, of the log and of traces. */
import { SECRET, wholeNumber } from '../setting-types.js';
import * as z from '../zod.js';

export const monitoring = {
  METRICS_PORT: wholeNumber(0, 65_535)
    .optional()
    .describe('Serves `/metrics` on this port of 127.0.0.1. Metrics are off where this and `METRICS_TOKEN` are unset.'),
  METRICS_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9\-._~+/]{16,}=*$/, 'must be at least 16 of A-Z a-z 0-9 - . _ ~ + /')
    .optional()
    .meta({
      ...SECRET,
      description:
        'Serves `/metrics` on the port of the API to requests with this bearer token; at least 16 characters.',
    }),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent, in lower case',
    )
    .default('info')
    .describe('The least severe lines that are logged.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(
      isEndpoint,
      'must be a URL such as http://127.0.0.1:4318: with http or https, and without a user name, a query or a fragment',
    )
    .optional()
    .describe(
      'Where traces are sent, as OTLP over HTTP in JSON: `/v1/traces` is appended, so that `http://127.0.0.1:4318` is enough. Unset, no trace is sent.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((text, context) => {
      const headers = parseHeaders(text);
      if (headers !== undefined) return headers;
      context.addIssue({
        code: 'custom',
        message: 'must be headers such as api-key=secret, separated by commas, with percent-encoded values',
      });
      return z.NEVER;
    })
    .optional()
    .meta({
      ...SECRET,
      description:
        'Headers sent with the traces, such as `api-key=secret`, separated by commas. In values write `,` as `%2C`, `%` as `%25` and a space as `%20`.',
    }),
  OTEL_SERVICE_NAME: z
    .string()
    .max(100, 'must have at most 100 characters')
    .default('scrip')
    .describe('The name of this service in its traces; at most 100 characters.'),
};

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

/** A name of a header (RFC 9110), and a percent-encoded value that a header can have. */
const HEADER = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([!-~]*)\s*$/;

/** Reads headers in the form that OpenTelemetry takes from W3C Baggage; undefined: they are malformed. */
function parseHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').map((pair) => {
    const [, name = '', value = ''] = HEADER.exec(pair) ?? [];
    return [name, decode(value)] as const;
  });
  const isMalformed = pairs.some(([name, value]) => name === '' || !/^[ -~]*$/.test(value));
  return isMalformed ? undefined : Object.fromEntries(pairs);
}

/** An escape that is malformed becomes a character that no header has. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '\0';
  }
}
