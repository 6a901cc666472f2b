const gap = "\u200b";

/**
 * A message of which the editor shows every character. It would make a link of `[text](command:…)`, as
 * the name of a file can have it, and run that command at a click.
 */
export function asText(message: string): string {
  return message.replaceAll("](", `]${gap}(`);
}

/** A label in which the editor draws no icon for `$(name)`. */
export function withoutIcons(label: string): string {
  return label.replaceAll("$(", `$${gap}(`);
}
