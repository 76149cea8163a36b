/** An action as a heading says it: `TOKEN_ISSUED` is "Token issued". */
export function actionLabel(action: string): string {
  const words = action.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
