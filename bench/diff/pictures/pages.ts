/** A page of which pictures are made, and what may be otherwise in it. */
export interface Page {
  isDark: boolean;
  /** Sets what is written. */
  seed: number;
  /** A line that is moved to the right, by this many pixels. */
  moved?: { line: number; by: number };
  /** A line in which one letter is another one. */
  typo?: number;
  /** Pixels by which the drawing is moved: by a part of one its edges are drawn in another way. */
  drawnAt?: number;
  /** Whether the edges of the drawing are stairs. */
  isCrisp?: boolean;
}

/** Lines of text. */
export const lines = 9;

const words = "order total ships item address basket return sign member price search detail".split(
  " ",
);

/** A shop: a bar, lines of text, a button, a drawing and a gradient. */
export function renderPage({
  isDark,
  seed,
  moved,
  typo,
  drawnAt = 0,
  isCrisp = false,
}: Page): string {
  const [paper, ink, bar] = isDark ? ["#1b1d22", "#d7dae0", "#30343c"] : ["#fff", "#222", "#234"];
  const text = Array.from({ length: lines }, (_, line) => {
    const written = write(seed + line);
    const shown = typo === line ? written.replace(/.$/, "x") : written;
    const left = moved?.line === line ? moved.by : 0;
    return `<p style="margin:9px 0;position:relative;left:${left}px">${shown}</p>`;
  });
  const points = Array.from({ length: 12 }, (_, point) => {
    return `${point * 18},${60 - ((seed * 7 + point * point * 13) % 50)}`;
  });
  return `<body style="margin:0;font:14px DejaVu Sans;color:${ink};background:${paper}">
    <div style="background:${bar};color:#fff;padding:10px 20px">Shop <span style="float:right">Ada</span></div>
    <div style="padding:8px 20px;width:340px">${text.join("")}
      <button style="width:110px;height:32px;background:#06c;color:#fff;border:0">Buy</button></div>
    <svg style="position:absolute;left:400px;top:60px" width="210" height="160">
      <g transform="translate(${drawnAt} ${drawnAt})" fill="none" stroke="#06c" stroke-width="2"
        shape-rendering="${isCrisp ? "crispEdges" : "auto"}">
        <polyline points="${points.join(" ")}"/><circle cx="60" cy="110" r="32"/>
        <path d="M120 140 L160 80 L200 130 Z" fill="#f60"/></g></svg>
    <div style="position:absolute;left:400px;top:250px;width:200px;height:110px;
      background:linear-gradient(90deg,#f60,#06f)"></div>`;
}

function write(seed: number): string {
  const written = Array.from(
    { length: 5 },
    (_, word) => words[(seed * 5 + word * 7) % words.length],
  );
  return `${written.join(" ")} ${(seed * 137) % 1000}`;
}
