/** BASE_PATH of the server, or an empty text. All scripts are in `assets`, directly below it. */
export const basePath = basePathOf(import.meta.url);

function basePathOf(script: string): string {
  const { pathname } = new URL(script);
  const end = pathname.lastIndexOf('/assets/');
  return end < 0 ? '' : pathname.slice(0, end);
}
