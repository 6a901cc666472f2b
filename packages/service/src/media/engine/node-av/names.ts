import {
  AV_FIELD_BB,
  AV_FIELD_BT,
  AV_FIELD_PROGRESSIVE,
  AV_FIELD_TB,
  AV_FIELD_TT,
  AVCOL_PRI_BT470BG,
  AVCOL_PRI_BT709,
  AVCOL_PRI_BT2020,
  AVCOL_PRI_SMPTE170M,
  AVCOL_PRI_SMPTE240M,
  AVCOL_PRI_SMPTE431,
  AVCOL_PRI_SMPTE432,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_FCC,
  AVCOL_SPC_ICTCP,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_SMPTE240M,
  AVCOL_SPC_YCGCO,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_BT709,
  AVCOL_TRC_BT2020_10,
  AVCOL_TRC_BT2020_12,
  AVCOL_TRC_GAMMA22,
  AVCOL_TRC_GAMMA28,
  AVCOL_TRC_IEC61966_2_1,
  AVCOL_TRC_LINEAR,
  AVCOL_TRC_SMPTE170M,
  AVCOL_TRC_SMPTE240M,
  AVCOL_TRC_SMPTE2084,
} from "node-av/constants";

/** FFmpeg's own names, which the package does not give. What is not in a table is `unknown`. */
function namesOf(names: readonly (readonly [value: number, name: string])[]) {
  const byValue = new Map(names);
  return (value: number): string => byValue.get(value) ?? "unknown";
}

export const fieldOrderName = namesOf([
  [AV_FIELD_PROGRESSIVE, "progressive"],
  [AV_FIELD_TT, "tt"],
  [AV_FIELD_BB, "bb"],
  [AV_FIELD_TB, "tb"],
  [AV_FIELD_BT, "bt"],
]);

export const rangeName = namesOf([
  [AVCOL_RANGE_MPEG, "tv"],
  [AVCOL_RANGE_JPEG, "pc"],
]);

export const matrixName = namesOf([
  [AVCOL_SPC_RGB, "gbr"],
  [AVCOL_SPC_BT709, "bt709"],
  [AVCOL_SPC_FCC, "fcc"],
  [AVCOL_SPC_BT470BG, "bt470bg"],
  [AVCOL_SPC_SMPTE170M, "smpte170m"],
  [AVCOL_SPC_SMPTE240M, "smpte240m"],
  [AVCOL_SPC_YCGCO, "ycgco"],
  [AVCOL_SPC_BT2020_NCL, "bt2020nc"],
  [AVCOL_SPC_BT2020_CL, "bt2020c"],
  [AVCOL_SPC_ICTCP, "ictcp"],
]);

export const primariesName = namesOf([
  [AVCOL_PRI_BT709, "bt709"],
  [AVCOL_PRI_BT470BG, "bt470bg"],
  [AVCOL_PRI_SMPTE170M, "smpte170m"],
  [AVCOL_PRI_SMPTE240M, "smpte240m"],
  [AVCOL_PRI_BT2020, "bt2020"],
  [AVCOL_PRI_SMPTE431, "smpte431"],
  [AVCOL_PRI_SMPTE432, "smpte432"],
]);

export const transferName = namesOf([
  [AVCOL_TRC_BT709, "bt709"],
  [AVCOL_TRC_GAMMA22, "bt470m"],
  [AVCOL_TRC_GAMMA28, "bt470bg"],
  [AVCOL_TRC_SMPTE170M, "smpte170m"],
  [AVCOL_TRC_SMPTE240M, "smpte240m"],
  [AVCOL_TRC_LINEAR, "linear"],
  [AVCOL_TRC_IEC61966_2_1, "iec61966-2-1"],
  [AVCOL_TRC_BT2020_10, "bt2020-10"],
  [AVCOL_TRC_BT2020_12, "bt2020-12"],
  [AVCOL_TRC_SMPTE2084, "smpte2084"],
  [AVCOL_TRC_ARIB_STD_B67, "arib-std-b67"],
]);
