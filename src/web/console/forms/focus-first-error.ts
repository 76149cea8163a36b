/** Focuses the first invalid field of a form, in the order of its validation. */
export function focusFirstError(form: {
  getInputNode(path: string): HTMLElement | null;
}): (errors: Readonly<Record<string, unknown>>) => void {
  return (errors) => {
    const [path] = Object.keys(errors);
    if (path !== undefined) form.getInputNode(path)?.focus();
  };
}
