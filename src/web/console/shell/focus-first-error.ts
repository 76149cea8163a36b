/** Moves the focus to the first field of a form that is wrong, in the order in which the form validates them. */
export function focusFirstError(form: {
  getInputNode(path: string): HTMLElement | null;
}): (errors: Readonly<Record<string, unknown>>) => void {
  return (errors) => {
    const [path] = Object.keys(errors);
    if (path !== undefined) form.getInputNode(path)?.focus();
  };
}
