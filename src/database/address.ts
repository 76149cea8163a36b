/** The host and the port of a DATABASE_URL, which may be shown: user and password are left out. */
export function addressOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? hostname}:${searchParams.get('port') ?? (port || 5432)}`;
}
