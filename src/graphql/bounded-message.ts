/** Characters of a word and of a message. The longest messages of our own have some 300, without a word of 100. */
const MAX_WORD_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 1_000;

/**
 * Shortens a message of an error and its words, since many quote what the client sent, such as the name of an operation:
 * that can be as long as a request, and be quoted by each of a hundred errors.
 */
export function boundedMessage(message: string): string {
  if (message.length <= MAX_WORD_LENGTH) return message;
  return shortened(
    message.replace(/\S+/g, (word) => shortened(word, MAX_WORD_LENGTH)),
    MAX_MESSAGE_LENGTH,
  );
}

function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…`.toWellFormed() : text;
}
