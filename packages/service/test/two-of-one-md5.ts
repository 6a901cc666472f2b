// Two contents of one MD5, published by Wang, Feng, Lai and Yu in 2004.
const common = {
  a: "d131dd02c5e6eec4693d9a0698aff95c2fcab5",
  b: "712467eab4004583eb8fb7f8955ad340609f4b30283e4888325",
  c: "1415a085125e8f7cdc99fd91dbd",
  d: "280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2",
  e: "487da03fd02396306d248cda0e99f33420f577ee8ce54b67080",
  f: "80d1ec69821bcb6a8839396f965",
  g: "b6ff72a70",
};
const { a, b, c, d, e, f, g } = common;
export const one = Buffer.from(`${a}8${b}7${c}f${d}b${e}a${f}2${g}`, "hex");
export const other = Buffer.from(`${a}0${b}f${c}7${d}3${e}2${f}a${g}`, "hex");
