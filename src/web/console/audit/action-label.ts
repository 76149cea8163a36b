/** The label of an audit action: `TOKEN_ISSUED` becomes "Token issued". */
export function actionLabel(action: string): string {
  const label = action.toLowerCase().replaceAll('_', ' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}
