import { transform } from "esbuild";
import { parseAst } from "rollup/parseAst";

type Statement = ReturnType<typeof parseAst>["body"][number];
type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type Call = Extract<Expression, { type: "CallExpression" }>;
type Argument = Call["arguments"][number];

/** What is called: `test.skipIf(isWindows).each(rows)` as its name, its modifiers and their arguments. */
interface Callee {
  name: string;
  modifiers: { name: string; given: Argument[] }[];
}

/**
 * The titles of the tests of a file that run: of `test`, `it` and `describe`, and of the rows that they
 * are repeated for. Not those of tests that are skipped whatever the machine, nor what is in them.
 *
 * @param source TypeScript
 */
export async function readTestTitles(source: string): Promise<Set<string>> {
  const { code } = await transform(source, { loader: "ts", format: "esm", target: "esnext" });
  const titles = new Set<string>();
  visit(parseAst(code), titles);
  return titles;
}

function visit(node: unknown, titles: Set<string>): void {
  if (typeof node !== "object" || node === null) return;
  if (isCall(node)) {
    const { name, modifiers } = readCallee(node.callee);
    if (["test", "it", "describe"].includes(name)) {
      if (isOff(modifiers, node.arguments)) return;
      const rows = modifiers.flatMap((each) =>
        isTable(each.name) ? each.given.flatMap(rowsOf) : [],
      );
      for (const title of [node.arguments[0], ...rows].flatMap(textOf)) titles.add(title);
    }
  }
  for (const child of Object.values(node)) visit(child, titles);
}

function isCall(node: object): node is Call {
  return "type" in node && node.type === "CallExpression";
}

function readCallee(callee: Call["callee"]): Callee {
  if (callee.type === "Identifier") return { name: callee.name, modifiers: [] };
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier") {
    const { name, modifiers } = readCallee(callee.object);
    return { name, modifiers: [...modifiers, { name: callee.property.name, given: [] }] };
  }
  if (callee.type !== "CallExpression") return { name: "", modifiers: [] };
  const { name, modifiers } = readCallee(callee.callee);
  const [last] = modifiers.slice(-1);
  if (last === undefined) return { name: "", modifiers: [] };
  return { name, modifiers: [...modifiers.slice(0, -1), { ...last, given: callee.arguments }] };
}

const ends = ["skip", "todo", "fails"];
const isTable = (modifier: string) => modifier === "each" || modifier === "for";

/** A condition that is written down as true or false is none. */
function isOff(modifiers: Callee["modifiers"], given: Argument[]): boolean {
  const options = given.flatMap((each) =>
    each.type === "ObjectExpression" ? each.properties : [],
  );
  return (
    modifiers.some(
      ({ name, given: [condition] }) =>
        ends.includes(name) || (/^(skip|run)If$/.test(name) && condition?.type === "Literal"),
    ) ||
    options.some(
      (each) =>
        each.type === "Property" && each.key.type === "Identifier" && ends.includes(each.key.name),
    )
  );
}

/** A row's first cell is what it is called in the title. */
function rowsOf(table: Argument) {
  if (table.type !== "ArrayExpression") return [];
  return table.elements.map((row) => (row?.type === "ArrayExpression" ? row.elements[0] : row));
}

function textOf(node: Argument | null | undefined): string[] {
  if (node?.type === "Literal" && typeof node.value === "string") return [node.value];
  const [quasi, more] = node?.type === "TemplateLiteral" ? node.quasis : [];
  return quasi && !more ? [quasi.value.cooked ?? ""] : [];
}
