/**
 * What script adds to a page that works without it: copy buttons, the storyboard's timeline, and the
 * video as soon as it is there. All that it needs to know is in data attributes.
 */
export const pageScript = `
"use strict";
const find = (selector) => document.querySelector(selector);
const stage = find(".stage");
const says = find("#says");

function say(text) { if (says) says.textContent = text; }

async function copy(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
  } catch {
    // Without https a page may not write to the clipboard: the person copies what is selected.
    find("details.share").open = true;
    find(button.dataset.copy).select();
    say("Select the text and copy it");
    return;
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(find(button.dataset.copy).value, button));
}

function formatTime(seconds) {
  const whole = Math.floor(seconds);
  const pad = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60, hours = Math.floor(whole / 3600);
  return (hours > 0 ? hours + ":" + pad(minutes) : minutes) + ":" + pad(whole % 60);
}

function offerMoment(video) {
  const button = find("#moment");
  if (!button) return;
  video.addEventListener("timeupdate", () => {
    const seconds = Math.floor(video.currentTime);
    button.hidden = seconds < 1;
    button.textContent = "Copy link at " + formatTime(seconds);
  });
  button.addEventListener("click", () => {
    const link = new URL(find("#link").value);
    link.searchParams.set("t", String(Math.floor(video.currentTime)));
    copy(link.href, button);
  });
}

function showTimeline(video) {
  const timeline = find(".timeline");
  if (!timeline) return;
  const { image, interval, columns, count, width, height } = timeline.dataset;
  const range = timeline.querySelector("input"), tile = timeline.querySelector(".tile");
  const label = tile.querySelector("span");
  timeline.hidden = false;
  Object.assign(tile.style, { backgroundImage: "url(" + JSON.stringify(image) + ")",
    width: width + "px", height: height + "px" });
  const showTile = (seconds) => {
    const index = Math.max(0, Math.min(count - 1, Math.floor(seconds / interval)));
    const share = range.max > 0 ? seconds / range.max : 0;
    const left = share * timeline.clientWidth - width / 2;
    tile.style.left = Math.max(0, Math.min(timeline.clientWidth - width, left)) + "px";
    tile.style.backgroundPosition = -(index % columns) * width + "px " + -Math.floor(index / columns) * height + "px";
    const chapter = chapterAt(seconds)?.querySelector("bdi").textContent;
    label.textContent = formatTime(seconds) + (chapter ? " " + chapter : "");
    tile.hidden = false;
  };
  const note = (seconds) => {
    range.value = seconds;
    range.setAttribute("aria-valuetext", formatTime(seconds));
  };
  const setLength = () => { if (Number.isFinite(video.duration)) range.max = video.duration; };
  setLength();
  video.addEventListener("durationchange", setLength);
  video.addEventListener("timeupdate", () => note(video.currentTime));
  range.addEventListener("pointermove", (event) => {
    const share = (event.clientX - range.getBoundingClientRect().left) / range.clientWidth;
    showTile(Math.max(0, Math.min(1, share)) * range.max);
  });
  range.addEventListener("input", () => {
    video.currentTime = range.value;
    note(range.value);
    showTile(range.value);
  });
  for (const name of ["pointerleave", "blur"]) range.addEventListener(name, () => { tile.hidden = true; });
}

const chapters = [...document.querySelectorAll(".chapters a")];

function chapterAt(seconds) {
  return chapters.findLast((link) => Number(link.dataset.start) <= seconds);
}

/** A chapter is a link to a moment: here it seeks, and the one that plays is marked. */
function offerChapters(video) {
  for (const link of chapters) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      video.currentTime = Number(link.dataset.start);
    });
  }
  video.addEventListener("timeupdate", () => {
    const playing = chapterAt(video.currentTime);
    for (const link of chapters) link.ariaCurrent = link === playing ? "true" : null;
  });
}

function adopt(video) {
  offerMoment(video);
  offerChapters(video);
  showTimeline(video);
}

async function look(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  return answer.status < 500 ? answer.json() : null;
}

/** Looks every two seconds whether what the page waits for is there. */
async function wait({ path, state }) {
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    if (document.hidden) continue;
    const clip = await look(path).catch(() => null);
    if (!clip) continue;
    if (state === "making" && clip.play_url) return start();
    if (clip.status !== "available" ? clip.status !== "pending" : state === "pending" || clip.plays) {
      return location.reload();
    }
  }
}

function start() {
  stage.replaceChildren(find("#player").content.cloneNode(true));
  find("#waits")?.remove();
  say("The video is there.");
  const video = stage.querySelector("video");
  adopt(video);
  // Browsers may refuse to start a video with sound by itself.
  video.play().catch(() => {});
}

const shown = stage?.querySelector("video");
if (shown) adopt(shown);
if (stage?.dataset.state) wait(stage.dataset);
`;
