/** The part of the Compare view's script that shows two photos pixel by pixel. */
export const pixelsScript = `
/** A pixel of a photo is one of the screen, in two panes that scroll in step; the smaller photo has the room of the larger one. */
function offerPixels(images) {
  const button = find("#pixels");
  const given = new Map();
  let center = null, seen = "";
  const isOn = () => pair.classList.contains("pixels");
  const measure = () => {
    const sizes = images.map((image) => [image.naturalWidth / devicePixelRatio, image.naturalHeight / devicePixelRatio]);
    images.forEach((image, index) => { image.style.width = isOn() ? sizes[index][0] + "px" : ""; });
    pair.style.setProperty("--room-width", Math.max(...sizes.map(([width]) => width)) + "px");
    pair.style.setProperty("--room-height", Math.max(...sizes.map(([, height]) => height)) + "px");
  };
  const scrollTo = (left, top) => { for (const pane of shown) pane.scrollTo(left, top); };
  const sizeOf = (pane) => pane.clientWidth + " " + pane.clientHeight;
  const middleOf = (pane) => [pane.clientWidth / 2, pane.clientHeight / 2];
  const show = () => {
    if (!isOn() || !center) return;
    const [x, y] = middleOf(shown[0]);
    seen = sizeOf(shown[0]);
    scrollTo(Math.round(center[0] - x), Math.round(center[1] - y));
  };
  const toggle = () => {
    pair.classList.toggle("pixels");
    button.ariaPressed = String(isOn());
    measure();
    // At first what has changed is in the middle.
    center ??= (main.dataset.focus || "0 0").split(" ").map((pixels) => Number(pixels) / devicePixelRatio);
    show();
  };
  const follow = (pane, other) => {
    // A pane that was moved by the other one tells of it, too, when the other one may be further already.
    const [left, top] = given.get(pane) ?? [];
    if (!isOn() || (pane.scrollLeft === left && pane.scrollTop === top)) return;
    // A pane of another size is moved by the browser first, and then to the same middle.
    if (sizeOf(shown[0]) !== seen) return;
    const [x, y] = middleOf(pane);
    center = [pane.scrollLeft + x, pane.scrollTop + y];
    other.scrollTo(pane.scrollLeft, pane.scrollTop);
    given.set(other, [other.scrollLeft, other.scrollTop]);
    given.delete(pane);
  };
  const [now, old] = shown;
  now.addEventListener("scroll", () => follow(now, old));
  old.addEventListener("scroll", () => follow(old, now));
  // Side by side a pane is smaller.
  new ResizeObserver(show).observe(shown[0]);
  for (const image of images) image.addEventListener("load", measure);
  // Another zoom of the page is another size of its pixels.
  addEventListener("resize", measure);
  button.addEventListener("click", toggle);
  button.hidden = false;
  dragPanes(isOn, scrollTo);
  return toggle;
}

/** A mouse moves the photos by dragging; fingers scroll. A click without dragging still opens the photo. */
function dragPanes(isOn, scrollTo) {
  let from = null, isMoved = false;
  pair.addEventListener("pointerdown", (event) => {
    const pane = event.target.closest(".shown");
    isMoved = false;
    from = isOn() && pane && event.pointerType === "mouse" && event.button === 0
      ? { x: event.clientX + pane.scrollLeft, y: event.clientY + pane.scrollTop, start: [event.clientX, event.clientY] } : null;
  });
  addEventListener("pointermove", (event) => {
    if (!from || event.buttons !== 1) return;
    const [x, y] = from.start;
    isMoved ||= Math.hypot(event.clientX - x, event.clientY - y) > 3;
    if (isMoved) scrollTo(from.x - event.clientX, from.y - event.clientY);
  });
  addEventListener("pointerup", () => { from = null; });
  pair.addEventListener("dragstart", (event) => { if (isOn()) event.preventDefault(); });
  pair.addEventListener("click", (event) => { if (isMoved) event.preventDefault(); });
}
`;
