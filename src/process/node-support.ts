/** https://nodejs.org/en/about/previous-releases. Returns a warning where a version of Node.js gets no security fixes. */
export function describeOldNode(version: string): string | undefined {
  return Number.parseInt(version, 10) > 20
    ? undefined
    : `Node.js ${version} has had no security fixes since April 2026. Use Node.js 26.`;
}
