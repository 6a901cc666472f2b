import { type TextDocument, type Uri, workspace } from "vscode";

/** The text of a file or of an open editor, with the changes that are not saved. */
export interface SearchedText {
  uri: Uri;
  text: string;
}

/** What was left out of a search, because there are limits. */
export interface SearchLimits {
  /** Files that are larger than 2 MiB. */
  large: Uri[];
  /** Whether there are more files than 5,000. */
  areMore: boolean;
}

/** So many files are read at most. */
export const mostFiles = 5_000;
/** Bytes. */
const largestFile = 2 * 1024 ** 2;

const kinds = [
  ...["md", "markdown", "mdx", "adoc", "asciidoc", "rst", "html", "htm"],
  ...["json", "jsonc", "yaml", "yml", "ipynb"],
];
const files = `**/*.{${kinds.join(",")}}`;
const kindPattern = new RegExp(`\\.(${kinds.join("|")})$`, "i");
// The folders of `files.exclude` are left out by themselves.
const generated = "**/{node_modules,.git}/**";
const generatedPattern = /\/(node_modules|\.git)\//;

/**
 * Reads the texts of the workspace, and then those that are open in an editor. A file that was opened
 * meanwhile comes twice: the later text counts.
 */
export async function* readTexts(limits: SearchLimits): AsyncGenerator<SearchedText> {
  const found = await workspace.findFiles(files, generated, mostFiles + 1);
  limits.areMore = found.length > mostFiles;
  for (const uri of found.slice(0, mostFiles)) {
    if (isOpen(uri)) continue;
    const text = await readText(uri, limits);
    if (text !== undefined) yield { uri, text };
  }
  // The person can type while files are read. From here on nothing is waited for.
  for (const document of workspace.textDocuments.filter(isSearched))
    yield { uri: document.uri, text: document.getText() };
  // Its cells are documents of their own.
  for (const { uri } of workspace.notebookDocuments) yield { uri, text: "" };
}

function isOpen(uri: Uri): boolean {
  const open = [...workspace.textDocuments.filter(isSearched), ...workspace.notebookDocuments];
  return open.some((one) => one.uri.toString() === uri.toString());
}

function isSearched({ uri, isClosed }: TextDocument): boolean {
  if (isClosed) return false;
  if (uri.scheme === "untitled" || uri.scheme === "vscode-notebook-cell") return true;
  // Old versions that a comparison shows have a file system that cannot be written.
  const isFile = workspace.fs.isWritableFileSystem(uri.scheme) === true;
  return isFile && kindPattern.test(uri.path) && !generatedPattern.test(uri.path);
}

async function readText(uri: Uri, limits: SearchLimits): Promise<string | undefined> {
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > largestFile) {
      limits.large.push(uri);
      return undefined;
    }
    return await workspace.decode(await workspace.fs.readFile(uri), { uri });
  } catch {
    // It is gone meanwhile, or is no text.
    return undefined;
  }
}
