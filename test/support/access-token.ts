import { createHmac } from 'node:crypto';

/** A secret for a server whose access tokens a test signs. */
export const JWT_SECRET = 'thirty-two bytes that are known here';

/** The same access token of a server with {@link JWT_SECRET}, signed ten minutes earlier. */
export function tenMinutesOlder(accessToken: string): string {
  const [header = '', payload = ''] = accessToken.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  for (const time of ['iat', 'nbf', 'exp']) claims[time] -= 600;
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}
