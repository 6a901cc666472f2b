import { shareEditorConfig } from "./share-config.ts";

export default shareEditorConfig("vscode", "newest", ["**/*.vscode.ts"]);
