export type * from "@clipcourier/vscode-api";
