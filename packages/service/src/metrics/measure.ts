/** The kinds of work that go on beside the requests. */
export type WorkKind = "verification" | "rendition" | "comparison" | "webhook";

/** Something that happened, and that is counted. No field is an id, a name or an address. */
export type Measured =
  | {
      event: "request";
      method: string;
      /** The pattern of its route, such as `/c/:id`; `other` where there is none. */
      route: string;
      status: number;
      /** From its headers until its answer began. */
      seconds: number;
    }
  | { event: "connection-refused" }
  | { event: "part-begun" }
  | { event: "part-ended" }
  | { event: "part-bytes"; bytes: number }
  | { event: "sign-in"; how: "app" | "user" | "keyless"; outcome: SignInOutcome }
  | { event: "clip"; outcome: "available" | "failed" | "deleted" }
  | { event: "comparison"; outcome: "ready" | "failed" }
  | { event: "work-failed"; kind: WorkKind }
  /** `operation` is a method of `ObjectStore`. */
  | { event: "store-error"; operation: string };

/** `limited`: there were too many; `failed`: it could not be checked. */
export type SignInOutcome = "accepted" | "refused" | "limited" | "failed";

/** Takes what is counted. It must not throw. */
export type Measure = (measured: Measured) => void;

export const measureNothing: Measure = () => {};

/** What is going on at one moment. */
export interface Activity {
  /**
   * Uploads that are begun and not finalized, by any process; at most 1,000 are counted. `null` where
   * the store does not say.
   */
  uploads: number | null;
  /** For each kind of work. */
  work: Record<WorkKind, WorkActivity>;
}

export interface WorkActivity {
  /**
   * What waits or is under way, in any process; at most 1,000 pieces are counted. `null` where the
   * store does not say.
   */
  open: number | null;
  /** What is under way in this process. */
  running: number;
}
