import { ownAction, ownTag } from "./own-names.ts";

/**
 * The newest major version of each action that the workflows, the examples and the documents use, as
 * seen on the date below. Whoever raises one raises the date.
 */
export const actionMajors = {
  seenOn: "2026-11-29",
  majors: {
    [ownAction]: Number(ownTag.slice(1)),
    "actions/checkout": 7,
    "actions/download-artifact": 8,
    "actions/setup-node": 7,
    "actions/upload-artifact": 7,
    "azure/login": 3,
  },
} satisfies { seenOn: string; majors: Record<string, number> };
