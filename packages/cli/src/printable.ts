/**
 * The text without control characters: a file name, or what a service answers, must not be able to
 * move the cursor or colour the screen.
 */
export function toPrintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\u{fffd}");
}
