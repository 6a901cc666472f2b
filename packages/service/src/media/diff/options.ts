import type { IgnoreBox } from "@clipcourier/core/wire";

/** What counts as a change. Photos have no time: for them `ignore` and `tolerance` alone say something. */
export interface DiffOptions {
  /**
   * Parts of the picture that are not compared.
   *
   * @default []
   */
  ignore?: readonly IgnoreBox[];
  /**
   * How much has to differ, as a multiple of the usual threshold: 2 overlooks what is twice as faint.
   *
   * @default 1
   */
  tolerance?: number;
  /**
   * The share of the picture, from 0 to 1, below which a change has to last: a blinking cursor is
   * smaller, and so is a mouse pointer that passes by.
   *
   * @default 0.003
   */
  smallArea?: number;
  /**
   * Seconds for which a small change has to last.
   *
   * @default 0.5
   */
  smallDuration?: number;
  /**
   * Seconds by which the last picture may stay longer in one of both.
   *
   * @default 1
   */
  holdTolerance?: number;
}

export const defaultOptions = {
  ignore: [],
  tolerance: 1,
  smallArea: 0.003,
  smallDuration: 0.5,
  holdTolerance: 1,
} as const satisfies Required<DiffOptions>;
