/**
 * The path of a request as the routes know it: without BASE_PATH at its beginning. A request without it is served too, since
 * a proxy may have removed it.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url; // /scripture is not below /scrip
}
