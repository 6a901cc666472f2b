import { pixelsScript } from "./pixels-script.js";

/**
 * Plays two videos in step on one timeline. Without script both have their own controls. All that it
 * needs to know is in data attributes.
 */
export const compareScript = `
"use strict";
const find = (selector) => document.querySelector(selector);
const main = find(".compare"), pair = find(".pair");
const shown = [find(".shown.new"), find(".shown.old")];

/** Beside each other, over each other with an edge, or as their difference. */
function offerModes() {
  const buttons = [...document.querySelectorAll("[data-mode]")];
  const edge = find(".edge"), wipe = find("label.wipe"), range = wipe.querySelector("input");
  const setEdge = (percent) => {
    range.value = Math.max(0, Math.min(100, percent));
    shown[0].style.clipPath = pair.classList.contains("wipe") ? "inset(0 0 0 " + range.value + "%)" : "";
    edge.style.left = range.value + "%";
  };
  const setMode = (mode) => {
    pair.classList.remove("side", "wipe", "difference");
    pair.classList.add(mode);
    for (const button of buttons) button.ariaPressed = String(button.dataset.mode === mode);
    edge.hidden = wipe.hidden = mode !== "wipe";
    setEdge(Number(range.value));
  };
  for (const button of buttons) button.addEventListener("click", () => setMode(button.dataset.mode));
  range.addEventListener("input", () => setEdge(Number(range.value)));
  pair.addEventListener("pointermove", (event) => {
    const isDragged = event.pointerType === "mouse" || event.buttons > 0;
    // Pressed, it moves photos that are larger than what is seen of them.
    const moves = pair.classList.contains("pixels") && event.buttons > 0;
    if (!pair.classList.contains("wipe") || !isDragged || moves || !event.target.closest(".shown")) return;
    const { left, width } = pair.getBoundingClientRect();
    setEdge((event.clientX - left) / width * 100);
  });
  find(".modes").hidden = false;
  return (number) => setMode(buttons[number - 1].dataset.mode);
}
${pixelsScript}
/** From step to step both go on, and the one that has less to show waits for the other. */
class Timeline {
  constructor(steps, durations) {
    this.steps = steps;
    const last = steps.at(-1);
    const rest = durations.map((duration, index) => Math.max(0, duration - last[2 - index]));
    this.length = last[0] + Math.max(...rest);
    this.ends = [...steps.slice(1), [this.length, last[1] + rest[1], last[2] + rest[0]]];
  }
  indexAt(at) { return Math.max(0, this.steps.findLastIndex((step) => step[0] <= at + 1e-6)); }
  /** Where a video is at a moment: side 2 is the new one, side 1 the old one. */
  timeOf(side, at) {
    const index = this.indexAt(at), step = this.steps[index];
    return Math.min(step[side] + at - step[0], this.ends[index][side]);
  }
  goesOn(side, at) { return this.timeOf(side, at) < this.ends[this.indexAt(at)][side] - 1e-3; }
}

function formatTime(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6), minutes = Math.floor(tenths / 600);
  return minutes + ":" + (tenths % 600 / 10).toFixed(1).padStart(4, "0");
}

/** How far the two may be from each other, in seconds, before one hurries; and before it seeks. */
const near = .02, far = .25;

/** Seconds of each. Of a stream that does not say how long it is the browser gives infinity. */
function durationsOf(videos) {
  const known = JSON.parse(main.dataset.durations);
  return videos.map(({ duration }, index) => Number.isFinite(duration) ? duration : known[index]);
}

function playInStep(videos, durations) {
  const timeline = new Timeline(JSON.parse(main.dataset.steps), durations);
  const players = videos.map((video, index) => ({ video, side: 2 - index }));
  const range = find("#moment"), time = find("#time"), button = find("#play"), sound = find("#sound");
  const changes = [...document.querySelectorAll("[data-from]")];
  const startOf = (link) => Number(link.dataset.from), endOf = (link) => Number(link.dataset.to);
  let position = 0, isPlaying = false;

  const show = () => {
    const current = changes.findLast((link) => startOf(link) <= position + .05 && position < endOf(link) + .05);
    for (const link of changes) link.ariaCurrent = link === current ? "true" : null;
    range.value = position;
    range.setAttribute("aria-valuetext", formatTime(position) + (current ? ", " + current.textContent.trim() : ""));
    time.textContent = formatTime(position) + " / " + formatTime(timeline.length);
    button.textContent = isPlaying ? "Pause" : "Play";
  };
  const pause = () => {
    isPlaying = false;
    for (const { video } of players) video.pause();
    show();
  };
  const seek = (at) => {
    position = Math.max(0, Math.min(timeline.length, at));
    for (const { video, side } of players) video.currentTime = timeline.timeOf(side, position);
    show();
  };
  /** Brings a video to where it has to be, by its speed where it is near. */
  const follow = ({ video, side }, isLed, waits) => {
    const target = timeline.timeOf(side, position), drift = video.currentTime - target;
    if (!timeline.goesOn(side, position) || video.ended) {
      if (!video.paused) video.pause();
      if (Math.abs(drift) > near && !video.seeking) video.currentTime = target;
      return;
    }
    if (isLed && waits) return video.pause();
    if (video.paused) video.play().catch(pause);
    if (Math.abs(drift) > far && !video.seeking) video.currentTime = target;
    video.playbackRate = !isLed || Math.abs(drift) < near ? 1 : drift > 0 ? .92 : 1.08;
  };
  const tick = () => {
    if (!isPlaying) return;
    const leader = players.find(({ video, side }) => timeline.goesOn(side, position) && !video.ended);
    const index = timeline.indexAt(position), end = timeline.ends[index][0];
    const waits = leader?.video.seeking || leader?.video.readyState < 3;
    if (!leader) position = end;
    else if (!waits) {
      const step = timeline.steps[index];
      position = Math.max(step[0], Math.min(end, step[0] + leader.video.currentTime - step[leader.side]));
    }
    if (position >= timeline.length - 1e-3) {
      seek(timeline.length);
      return pause();
    }
    for (const player of players) follow(player, player !== leader, waits);
    show();
    requestAnimationFrame(tick);
  };
  const toggle = () => {
    if (isPlaying) return pause();
    seek(position >= timeline.length - .05 ? 0 : position);
    isPlaying = true;
    tick();
    show();
  };
  const jump = (link) => { if (link) seek(startOf(link)); };
  const next = () => jump(changes.find((link) => startOf(link) > position + .05));
  const previous = () => jump(changes.findLast((link) => startOf(link) < position - .05));
  const mute = () => {
    videos[0].muted = !videos[0].muted;
    sound.ariaPressed = String(!videos[0].muted);
  };

  for (const video of videos) {
    video.controls = false;
    video.muted = true;
    video.addEventListener("click", toggle);
  }
  range.max = timeline.length;
  find(".track svg").setAttribute("viewBox", "0 0 " + (timeline.length || 1) + " 1");
  range.addEventListener("input", () => seek(Number(range.value)));
  button.addEventListener("click", toggle);
  sound.addEventListener("click", mute);
  find("#next").addEventListener("click", next);
  find("#previous").addEventListener("click", previous);
  for (const link of changes) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      seek(startOf(link));
    });
  }
  find(".player").hidden = false;
  show();
  const frame = Number(main.dataset.frame);
  return { " ": toggle, n: next, p: previous, m: mute, ArrowLeft: () => seek(position - 1),
    ArrowRight: () => seek(position + 1), ",": () => { pause(); seek(position - frame); },
    ".": () => { pause(); seek(position + frame); } };
}

/** A key does what it says unless something that takes keys itself has the focus. */
function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key], { target } = event;
    const takesSpace = event.key === " " && target.closest("button, a, summary");
    const takesArrows = event.key.startsWith("Arrow") && target.closest(".wipe");
    if (!action || takesSpace || takesArrows) return;
    event.preventDefault();
    action();
  });
}

/** Looks every two seconds whether the comparison is there, which shows more than this page. */
async function wait(path) {
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    if (document.hidden) continue;
    const answer = await fetch(path).catch(() => null);
    if (!answer || answer.status >= 500) continue;
    if (!answer.ok || (await answer.json()).status !== "pending") return location.reload();
  }
}

const metadata = (video) => video.readyState > 0 ? null
  : new Promise((resolve) => { video.addEventListener("loadedmetadata", resolve, { once: true }); });

async function start() {
  const actions = {};
  if (shown.every((each) => each.querySelector("video, .photo img"))) {
    const setMode = offerModes();
    for (const number of [1, 2, 3]) actions[number] = () => setMode(number);
    find(".keys").hidden = false;
  }
  const images = shown.map((each) => each.querySelector(".photo img"));
  if (images.every(Boolean)) actions.z = offerPixels(images);
  listen(actions);
  const videos = shown.map((each) => each.querySelector("video"));
  if (!videos.every(Boolean)) return;
  await Promise.all(videos.map(metadata));
  const durations = durationsOf(videos);
  // Without an end there is no timeline: both keep their own controls.
  if (durations.every((duration) => duration > 0)) Object.assign(actions, playInStep(videos, durations));
}

if (main.dataset.pending) wait(main.dataset.pending);
start();
`;
