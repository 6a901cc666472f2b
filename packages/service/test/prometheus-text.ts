const sample = /^([a-z_:][\w:]*)(?:\{(.*)\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/i;
const label = /([a-z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/giy;

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The samples of Prometheus' text format, version 0.0.4. Throws where a line is none. */
export function parseSamples(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("The last line has no end.");
  return text
    .split("\n")
    .filter((line) => line !== "" && !/^# (HELP|TYPE) [a-z_:][\w:]* .+$/i.test(line))
    .map(parseSample);
}

function parseSample(line: string): Sample {
  const [, name, pairs = "", value] = sample.exec(line) ?? [];
  if (name === undefined) throw new Error(`This is no sample: ${line}`);
  const found = [...pairs.matchAll(label)];
  if (found.map(([whole]) => whole).join("") !== pairs) throw new Error(`Odd labels: ${line}`);
  const labels = found.map(([, key = "", text = ""]) => [key, text]);
  return { name, labels: Object.fromEntries(labels), value: Number(value) };
}
