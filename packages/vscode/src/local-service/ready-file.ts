/** What is used of the file that is written when a service on this machine is up. */
export interface ReadyFile {
  rootUrl: string;
  appId: string;
  appSecret: string;
  /** Why clips get no pictures, and what to do. Only the packed service says it. */
  missing?: string;
}
