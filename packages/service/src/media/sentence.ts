/** A reason that is shown by itself, with a capital and a full stop. */
export function toSentence(reason: string): string {
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
