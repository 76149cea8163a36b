/** Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9, section 2). */
const BIDI_CONTROL = /[\u202A-\u202E\u2066-\u2069]/g;

/** A user's text with each bidirectional control shown as its code point: such a control can reorder the text. */
export function plainText(text: string): string {
  return text.replace(BIDI_CONTROL, (control) => `[U+${control.charCodeAt(0).toString(16).toUpperCase()}]`);
}

/**
 * A user's text inside a sentence: isolated (FSI … PDI), so that a name in Hebrew or Arabic does not reorder the rest of
 * the sentence.
 */
export function isolatedText(text: string): string {
  return `\u2068${plainText(text)}\u2069`;
}
