/** The name of a hold: "Hold 3". Its id ends with the number that it has among the holds of its user. */
export function holdTitle({ id }: { readonly id: string }): string {
  return `Hold ${id.slice(id.lastIndexOf('.h') + 2)}`;
}
