/** Moments at which the displayed frame is asked for. */
export interface Steps {
  /** Seconds from the first frame of the video. */
  start: number;
  /** Seconds; `0` for one step. */
  length: number;
  /** Steps a second. */
  rate: number;
}
