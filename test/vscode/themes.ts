import { takePicture } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";

/** A colour theme, and the class that the window has in it. */
const themes = [
  { name: "dark", theme: "Dark Modern", kind: "vs-dark" },
  { name: "light", theme: "Light Modern", kind: "vs" },
  { name: "high-contrast-dark", theme: "Dark High Contrast", kind: "hc-black" },
  { name: "high-contrast-light", theme: "Light High Contrast", kind: "hc-light" },
];

/**
 * Saves the screen in dark, light and high contrast.
 *
 * @param show shows what is wanted: the palette, with which the theme is chosen, closes other lists
 * @param hide closes it
 */
export async function takeInThemes(
  workbench: Workbench,
  what: string,
  show: () => Promise<unknown> = async () => {},
  hide: () => Promise<unknown> = async () => {},
): Promise<void> {
  for (const { name, theme, kind } of themes) {
    await workbench.chooseTheme(theme, kind);
    // Where the theme was clicked, a tooltip would cover what is shown.
    await workbench.page.mouse.move(900, 600);
    await show();
    await takePicture(workbench.page, `${name}-${what}`);
    await hide();
  }
}
