import type { FileSet } from "../files.ts";

/** What a peer is told: these files, to that server. */
export interface Job {
  files: FileSet;
  /** Root URL of the DirectUpload service. */
  rootUrl: string;
  /** The same storage for those who speak S3. */
  s3: S3Target;
  /** Where one plain PUT of the one file goes; or the folder-like URL that file names are put behind. */
  putUrl: string;
  /** PEM file of the server's certificate, where it speaks TLS. */
  certificate: string | undefined;
  /** The checks of `verifyParts` are wanted. Peers that have no such option ignore it. */
  verifyParts: boolean;
}

interface S3Target {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
}
