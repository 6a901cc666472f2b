/** Whether a clip is being made, can be played, or could not be made. */
export type ClipStatus = "pending" | "available" | "failed";

/** What a preview can show: all of a video, its liveliest passages, its start or its end. */
export const previewParts = ["whole", "passages", "start", "end"] as const;

/** How a clip can play in browsers. */
export const playings = ["everywhere", "rendition", "download only"] as const;

/** What ends a clip before its account's days do. */
export const keepings = ["pull request"] as const;

/** How a run can have recorded a clip. */
export const recordings = ["uploaded", "announced"] as const;

/**
 * The run of a CI system that has recorded a clip, as its verified ID token says. What the tokens of that
 * system do not say is absent.
 */
export interface ClipRun {
  /** Who has signed the token, such as `https://token.actions.githubusercontent.com`. */
  issuer: string;
  subject?: string;
  /** Where the repository is, such as `github.com`. */
  server?: string;
  /** For example `octo/app`. */
  repository?: string;
  /** The commit that was checked out: of a pull request on GitHub that of the test merge. */
  sha?: string;
  ref?: string;
  workflow?: string;
  event?: string;
  actor?: string;
  runId?: string;
  runAttempt?: string;
  /** The address of the run's page. */
  runUrl?: string;
  /** The number of the pull request whose run it is. */
  pullRequest?: number;
  /**
   * `uploaded`: it has finalized the upload of the bytes; `announced`: it has named their checksum when
   * they were stored already.
   */
  how: (typeof recordings)[number];
  /** When the token was issued, ISO 8601. */
  issuedOn?: string;
  /** When the service has recorded it, ISO 8601. */
  recordedOn: string;
}

/** A chapter of a clip. */
export interface Chapter {
  /** Seconds from the beginning of the video; kept to the millisecond. */
  start: number;
  /**
   * Seconds.
   *
   * @default where the next chapter begins; of the last one, where the video ends
   */
  end?: number;
  /** One line of up to 200 characters. */
  title: string;
}

/** What the protocol calls the kinds of content that become clips; `music` is announced only. */
export const assets = ["videoclip", "photo"] as const;
export type Asset = (typeof assets)[number];

/** A clip, as a service reports it. */
export interface Clip {
  id: string;
  /** The address of the page that plays it. */
  url: string;
  /** The address of an animated GIF; `null` while there is none. */
  previewGif: string | null;
  /** The address of a still picture; `null` while there is none. */
  thumbnailUrl: string | null;
  status: ClipStatus;
  /** `photo` for a picture. Absent for a video. */
  asset?: Asset;
  /**
   * How many clips come before this pending one, those included that are being verified. It is about
   * right, and where more than 1,000 wait it may be more. Absent where the service does not tell it.
   */
  queuePosition?: number;
  /** Seconds. This and what follows are facts that a service may add or leave out. */
  duration?: number;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** For example `h264`. */
  codec?: string;
  /** Bytes. */
  size?: number;
  /** For example `video/mp4`. */
  mime?: string;
  filename?: string;
  /** ISO 8601, UTC. */
  createdOn?: string;
  /** The address of the video itself, byte for byte. */
  videoUrl?: string;
  /** The address of the picture itself, byte for byte, where the clip is a photo. */
  photoUrl?: string;
  /** Whether the picture of a photo moves. */
  isAnimated?: boolean;
  /** Why the clip failed. */
  reason?: string;
  /** The address of the GIF's frames as an animated WebP, which is smaller. */
  previewWebp?: string;
  /** The address of a WebVTT file that says where in a picture each moment is shown. */
  storyboardUrl?: string;
  /** What the preview shows. */
  previewOf?: (typeof previewParts)[number];
  /** Seconds: which frame was asked for as the thumbnail. Absent for an automatic choice. */
  thumbnailTime?: number;
  /** For example `aac`. */
  audioCodec?: string;
  /**
   * Whether browsers play the video as it is, or what the service has made of it, or nothing of it.
   * Absent while that is not known, and while a rendition is being made.
   */
  plays?: (typeof playings)[number];
  /** The address of what a player should take; absent while there is nothing that plays. */
  playUrl?: string;
  /** The address at which browsers save the video itself. */
  downloadUrl?: string;
  /** Sentences that say why browsers do not play the video, and which pictures are missing. */
  notes?: string[];
  /** What the clip is kept for: it is deleted once that is closed. Absent where it is kept anyway. */
  keptFor?: (typeof keepings)[number];
  /**
   * Whether the addresses here open nothing, and only those of a link that is asked for do. Absent for
   * a clip that everybody who has its address can see.
   */
  isPrivate?: true;
  /**
   * The address of a neutral picture, to be shown to others instead of those of a private clip. Absent
   * where the service shows everybody the thumbnail and the previews.
   */
  placeholderUrl?: string;
  /**
   * Whether the verified ID token of a job says where the clip comes from. Absent where it was uploaded
   * with a secret alone.
   */
  isVerified?: true;
  /** The first run that has uploaded it; where none has, the first that has announced it. */
  recordedBy?: ClipRun;
  /** How many runs are recorded. */
  recordedCount?: number;
  /** The address of what the service has signed about them. */
  statementsUrl?: string;
  /**
   * What the video consists of, in the order of time. Absent where there are none, where a service does
   * not know them, and in lists.
   */
  chapters?: Chapter[];
  /** The address of the chapters as a WebVTT file. */
  chaptersUrl?: string;
  /** The address of the page with the newest comparison with an older clip. Absent where there is none. */
  comparisonUrl?: string;
}

/** A clip whose addresses open it: of a private clip until they expire, and for whoever has them. */
export interface ClipLink extends Clip {
  /** When the addresses expire, ISO 8601, UTC; `null` where the clip is not private. */
  expiresOn: string | null;
}
