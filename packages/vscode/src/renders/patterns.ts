import { l10n, type Memento, window, workspace } from "vscode";
import { asText } from "../texts/as-text.js";

const key = "clipcourier.answeredPatterns";

/** What the person has answered about patterns in this workspace. */
interface Answer {
  patterns: string[];
  isAllowed: boolean;
}

/**
 * The patterns of the setting `clipcourier.watch`. They cause no upload before the person has allowed
 * them for this workspace, wherever they come from: the editor does not tell the user settings from
 * those of a remote machine, which a repository's dev container writes. In Restricted Mode none count.
 */
export class AllowedPatterns {
  readonly #memento: Memento;
  readonly #onAnswer: () => void;
  /** Those whose question was closed without an answer. The next start asks again. */
  readonly #closed = new Set<string>();
  #isAsking = false;

  /** @param memento the state of the workspace */
  constructor(memento: Memento, onAnswer: () => void) {
    this.#memento = memento;
    this.#onAnswer = onAnswer;
  }

  /** Those that count now. */
  list(): string[] {
    const allowed = listSets().filter((patterns) => this.#find(patterns)?.isAllowed);
    return [...new Set(allowed.flat())];
  }

  /** Asks about those that have no answer, one question at a time. */
  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let next = this.#findUnanswered(); next; next = this.#findUnanswered()) {
        await this.#askAbout(next);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  async #askAbout(patterns: string[]): Promise<void> {
    const [allow, never] = [l10n.t("Allow"), l10n.t("Never")];
    const question = l10n.t(
      "The settings want every video of this workspace that matches {0} to be uploaded as a clip whenever it is written. Allow it for this workspace?",
      patterns.join(", "),
    );
    const answer = await window.showWarningMessage(asText(question), allow, never);
    if (answer === undefined) {
      this.#closed.add(JSON.stringify(patterns));
      return;
    }
    // The settings can have changed meanwhile. The answer is kept for when they have these again.
    await this.#memento.update(key, [...this.#answers, { patterns, isAllowed: answer === allow }]);
    this.#onAnswer();
  }

  #findUnanswered(): string[] | undefined {
    return listSets().find(
      (patterns) => !this.#find(patterns) && !this.#closed.has(JSON.stringify(patterns)),
    );
  }

  #find(wanted: readonly string[]): Answer | undefined {
    return this.#answers.find(
      ({ patterns }) => JSON.stringify(patterns) === JSON.stringify(wanted),
    );
  }

  get #answers(): Answer[] {
    return this.#memento.get<Answer[]>(key, []);
  }
}

/** Those of the person or the machine, and those of the workspace. */
function listSets(): string[][] {
  const found = workspace.getConfiguration("clipcourier").inspect<unknown>("watch");
  if (found === undefined || !workspace.isTrusted) return [];
  const sets = [found.globalValue, found.workspaceValue].map(toPatterns);
  return sets.filter((patterns) => patterns.length > 0);
}

function toPatterns(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
