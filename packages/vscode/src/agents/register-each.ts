import type { Disposable } from "vscode";

/**
 * Registers what is possible. Editors that are built from VS Code lack some of its functions, or refuse
 * to register, and the rest of the extension works without.
 *
 * @param registrations by what is registered, for `onFailed`
 */
export function registerEach(
  registrations: Readonly<Record<string, () => Disposable>>,
  onFailed: (name: string, error: unknown) => void,
): Disposable[] {
  return Object.entries(registrations).flatMap(([name, register]) => {
    try {
      return [register()];
    } catch (error) {
      onFailed(name, error);
      return [];
    }
  });
}
