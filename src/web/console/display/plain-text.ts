/** Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9, section 2). */
const BIDI_CONTROL = /[\u202A-\u202E\u2066-\u2069]/g;

/** Text of a user in its stored order: a control that would show it in another order is written out. */
export function plainText(text: string): string {
  return text.replace(BIDI_CONTROL, (control) => `[U+${control.charCodeAt(0).toString(16).toUpperCase()}]`);
}

/**
 * A text of a user within a sentence: isolated (FSI … PDI), so that a name in Hebrew or Arabic leaves the rest of the
 * sentence in order.
 */
export function isolatedText(text: string): string {
  return `\u2068${plainText(text)}\u2069`;
}
