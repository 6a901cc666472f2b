import type { Judgement } from "./judge.ts";

/** A row for each kind of pair, and under it how far "changed" can be believed. */
export function renderAccuracy(
  all: readonly Judgement[],
  { kinds, subject }: { kinds: readonly string[]; subject: "video" | "picture" },
): string {
  // A picture has no passages.
  const hasTimes = subject === "video";
  const rows = kinds.map((kind) =>
    renderRow(
      kind,
      all.filter(({ pair }) => pair.kind === kind),
      hasTimes,
    ),
  );
  return [
    `| The new ${subject} | pairs | right |${hasTimes ? " when |" : ""} where, px |`,
    `| --- | ---: | ---: |${hasTimes ? " ---: |" : ""} ---: |`,
    ...rows,
    "",
    renderRates(all),
    "",
    ...renderMistakes(all),
  ].join("\n");
}

function renderRow(name: string, rows: readonly Judgement[], hasTimes: boolean): string {
  const right = rows.filter(isRight).length;
  const times = hasTimes ? ` ${countOf(rows.map(({ isTimeRight }) => isTimeRight))} |` : "";
  const places = spreadOf(rows.map(({ offBy }) => offBy));
  return `| ${name} | ${rows.length} | ${right} |${times} ${places} |`;
}

function countOf(answers: readonly (boolean | null)[]): string {
  const given = answers.filter((answer) => answer !== null);
  return given.length === 0 ? "" : `${given.filter(Boolean).length} of ${given.length}`;
}

function spreadOf(all: readonly (number | null)[]): string {
  const off = all.filter((by) => by !== null).sort((a, b) => a - b);
  if (off.length === 0) return "";
  return `${off[Math.floor(off.length / 2)]}, ${off.at(-1)}`;
}

function isRight({ pair, saysChanged }: Judgement): boolean {
  return saysChanged === pair.expected.isChanged;
}

function renderRates(all: readonly Judgement[]): string {
  const said = all.filter(({ saysChanged }) => saysChanged === true);
  const real = all.filter(({ pair }) => pair.expected.isChanged);
  const found = said.filter(isRight).length;
  const untold = all.filter(({ saysChanged }) => saysChanged === null).length;
  return (
    `Of ${all.length} pairs: precision ${share(found, said.length)} (${found} of the ${said.length} that are ` +
    `said to have changed have), recall ${share(found, real.length)} (${found} of the ${real.length} that ` +
    `have changed are found), cannot tell: ${untold}.`
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`;
}

function renderMistakes(all: readonly Judgement[]): string[] {
  const wrong = all.filter((each) => !isRight(each) || each.isTimeRight === false);
  if (wrong.length === 0) return [];
  const lines = wrong.map((each) => {
    return `- ${each.pair.name}: ${isRight(each) ? "when" : `said to be ${each.verdict}`}`;
  });
  return ["Not right:", "", ...lines, ""];
}
