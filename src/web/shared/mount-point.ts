/** The element into which the page is rendered. */
export function mountPoint(): HTMLElement {
  const element = document.getElementById('page');
  if (!element) throw new Error('index.html has no element #page');
  return element;
}
