import type { FileSet } from "../files.ts";

/** What a peer has to upload, and where to. */
export interface Job {
  files: FileSet;
  /** Root URL of the DirectUpload service. */
  rootUrl: string;
  /** The same storage, for peers that use S3. */
  s3: S3Target;
  /** The URL for a plain PUT of the only file, or the URL to which file names are appended. */
  putUrl: string;
  /** PEM file of the server's certificate, when it speaks TLS. */
  certificate: string | undefined;
  /** Whether to verify each part by its MD5. Peers without such an option ignore it. */
  verifyParts: boolean;
}

interface S3Target {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
}
