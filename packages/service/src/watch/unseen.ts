/**
 * Why there is nothing to see. `missing` is also said of a private clip, so that nobody learns from an
 * id whether there is one.
 */
export type Unseen = "missing" | "expired";

/** What the pages say of it. */
export function describeUnseen(why: Unseen): { title: string; text: string } {
  switch (why) {
    case "missing":
      return {
        title: "There is no such clip",
        text: "The address may be incomplete, the clip may be deleted, or it may be private: then only a signed link opens it.",
      };
    case "expired":
      return {
        title: "This link has expired",
        text: "The clip is private. Ask whoever gave you the link for a new one.",
      };
  }
}
