import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { describe, expect, onTestFinished, test } from "vitest";
import { linkClips } from "../src/junit/index.js";
import { findElements, listChildren } from "../src/junit/report.js";
import { makeRecord } from "./records.js";

// What these wrote in November 2026, with the paths of the project shortened: Playwright 1.65.1 (its tests
// record videos in Chromium), Node.js 24.21.0 (node --test), Vitest 5.1.1, pytest 9.0.3
// (junit_logging=system-out).
type Fixture = "playwright" | "node-test" | "vitest" | "pytest";

function readFixture(name: Fixture): Promise<string> {
  return readFile(fileURLToPath(new URL(`junit/${name}.xml`, import.meta.url)), "utf8");
}

/** A folder with reports in it, from where the paths of videos begin. */
async function writeReports(contents: Record<string, string | Uint8Array>) {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-junit-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  for (const [file, content] of Object.entries(contents)) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return Object.keys(contents);
}

/** What is linked in a report: the name of each element that has clips, with their addresses. */
async function readLinks(file: string): Promise<Record<string, string[]>> {
  const { root } = parseXml(await readFile(file, "utf8"));
  if (root === null) throw new Error(`${file} has no root`);
  const elements = [...findElements(root, "testsuite"), ...findElements(root, "testcase")];
  const linked = elements.map((element) => [element.attributes.name ?? "", listLinks(element)]);
  return Object.fromEntries(linked.filter(([, urls]) => urls?.length));
}

function listLinks(element: XmlElement): string[] {
  return listChildren(element, "properties")
    .flatMap((properties) => listChildren(properties, "property"))
    .filter(({ attributes }) => attributes.name === "clip")
    .map(({ attributes }) => attributes.value ?? "");
}

/** The names of the tests whose own output has a line for a clip, with those lines. */
async function readOutput(file: string): Promise<Record<string, string[]>> {
  const { root } = parseXml(await readFile(file, "utf8"));
  if (root === null) throw new Error(`${file} has no root`);
  const tests = [...findElements(root, "testcase")].map((element) => {
    const output = listChildren(element, "system-out").map(({ text }) => text);
    const lines = output.join("\n").split("\n");
    return [element.attributes.name ?? "", lines.filter((line) => line.startsWith("Clip of "))];
  });
  return Object.fromEntries(tests.filter(([, lines]) => lines?.length));
}

/** The text without what is inserted. */
function removeLinks(text: string): string {
  return text
    .replace(/<property name="clip(-id)?" value="[^"]*"\/>\n/g, "")
    .replace(/\n?Clip of .*\n/g, "")
    .replace(/\n<properties>\n<\/properties>/g, "")
    .replace(/<system-out><\/system-out>\n/g, "");
}

const link = (id: string) => `https://clips.example.com/c/${id}`;

describe("a video belongs to", () => {
  test("the test of Playwright that attaches it, each retry too", async () => {
    const [file = ""] = await writeReports({
      "reports/junit.xml": await readFixture("playwright"),
    });
    const folder = "test-results/cart-cart-shows-the-total-✓-chromium";
    const outcomes = await linkClips(
      [file],
      [
        makeRecord("test-results/cart-cart-adds-an-item-chromium/video.webm", "one"),
        makeRecord(`${folder}/video.webm`, "two"),
        makeRecord(`${folder}-retry1/video.webm`, "three"),
      ],
    );
    expect(outcomes).toEqual([{ file, links: 3, problem: undefined }]);
    expect(await readLinks(file)).toEqual({
      "[chromium] cart › adds an item": [link("one")],
      '[chromium] cart › shows "the total" ✓': [link("two"), link("three")],
    });
    const text = await readFile(file, "utf8");
    const [testcase = ""] = text.split("</testcase>");
    expect(testcase).toContain(
      '<properties>\n<property name="clip" value="https://clips.example.com/c/one"/>\n' +
        '<property name="clip-id" value="one"/>\n</properties>',
    );
    expect(testcase).toContain(
      "\nClip of test-results/cart-cart-adds-an-item-chromium/video.webm: https://clips.example.com/c/one\n</system-out>",
    );
    expect(removeLinks(text)).toBe(await readFixture("playwright"));
  });

  test("the test that names it from the working folder, or is called like it", async () => {
    const [file = ""] = await writeReports({ "reports/pytest.xml": await readFixture("pytest") });
    await linkClips(
      [file],
      [
        makeRecord("videos/adds-an-item.webm", "one"),
        makeRecord("test-results/test-cart-py-testcart-test-shows-total/video.webm", "two"),
        makeRecord("Test is  emptied.mp4", "three"),
      ],
    );
    expect(await readLinks(file)).toEqual({
      "test_adds_an_item[chromium]": [link("one")],
      test_shows_total: [link("two")],
      test_is_emptied: [link("three")],
    });
    expect(await readOutput(file)).toEqual({
      "test_adds_an_item[chromium]": [`Clip of videos/adds-an-item.webm: ${link("one")}`],
      test_shows_total: [
        `Clip of test-results/test-cart-py-testcart-test-shows-total/video.webm: ${link("two")}`,
      ],
      test_is_emptied: [`Clip of Test is  emptied.mp4: ${link("three")}`],
    });
    expect(removeLinks(await readFile(file, "utf8"))).toBe(await readFixture("pytest"));
  });

  test.each([
    '<testcase name="a b"></testcase>',
    '<testcase name="a b"/>',
    '<testcase name="a b"><failure message="c">d</failure></testcase>',
    '<testcase name="a b"><properties></properties></testcase>',
    '<testcase name="a b"><properties><property name="c" value="d"/></properties></testcase>',
    '<testcase name="a b"><system-out>c</system-out></testcase>',
    '<testcase name="a b"><properties/><system-out></system-out></testcase>',
  ])("the test of that name, in a report without blanks: %s", async (testcase) => {
    const report = `<testsuites><testsuite name="one">${testcase}</testsuite><testsuite name="two"></testsuite></testsuites>`;
    const [file = ""] = await writeReports({ "junit.xml": report });
    await linkClips([file], [makeRecord("a-b.webm", "one")]);
    expect(await readLinks(file)).toEqual({ "a b": [link("one")] });
    expect(await readOutput(file)).toEqual({ "a b": [`Clip of a-b.webm: ${link("one")}`] });
    const { root } = parseXml(await readFile(file, "utf8"));
    // Everything that is inserted is in the test: its suite has no children but the test.
    const [suite] = root === null ? [] : listChildren(root, "testsuite");
    expect(suite?.children).toHaveLength(1);
  });

  test("the suite of the source file, in a report without blanks", async () => {
    const report =
      '<testsuites><testsuite name="a.spec.ts"><properties><property name="b" value="c"/></properties></testsuite><testsuite name="d.spec.ts"><testcase name="e"></testcase></testsuite></testsuites>';
    const [file = ""] = await writeReports({ "junit.xml": report });
    await linkClips(
      [file],
      [makeRecord("a.spec.ts.mp4", "one"), makeRecord("d.spec.ts.mp4", "two")],
    );
    expect(await readLinks(file)).toEqual({
      "a.spec.ts": [link("one")],
      "d.spec.ts": [link("two")],
    });
  });

  test("the test of that name, which has no output yet", async () => {
    const [file = ""] = await writeReports({ "junit.xml": await readFixture("node-test") });
    await linkClips([file], [makeRecord("videos/checks-out.webm", "one")]);
    const text = await readFile(file, "utf8");
    const [, testcase = ""] = /<testcase name="checks out".*?>(.*?)<\/testcase>/s.exec(text) ?? [];
    expect(testcase).toBe(
      '\n<properties>\n<property name="clip" value="https://clips.example.com/c/one"/>\n' +
        '<property name="clip-id" value="one"/>\n</properties>' +
        "<system-out>Clip of videos/checks-out.webm: https://clips.example.com/c/one\n</system-out>\n",
    );
  });

  test("the suite of the source file that it is named after", async () => {
    const other =
      '<testsuite name="Root" file="cypress/e2e/login.cy.js"><testcase name="a"/></testsuite>';
    const files = await writeReports({ "vitest.xml": await readFixture("vitest"), "b.xml": other });
    await linkClips(files, [
      makeRecord("videos/cart.spec.mjs.mp4", "one"),
      makeRecord("cypress/videos/login.cy.js.mp4", "two"),
    ]);
    expect(await readLinks("vitest.xml")).toEqual({ "cart.spec.mjs": [link("one")] });
    expect(await readLinks("b.xml")).toEqual({ Root: [link("two")] });
    expect(removeLinks(await readFile("vitest.xml", "utf8"))).toBe(await readFixture("vitest"));
    expect(removeLinks(await readFile("b.xml", "utf8"))).toBe(other);
  });

  test("no test, where two are called like it: then to the only suite of the first report", async () => {
    const first =
      '<testsuites><testsuite name="one"><testcase name="a b"/></testsuite></testsuites>';
    const second = '<testsuite name="two"><testcase name="A-B"></testcase></testsuite>';
    const files = await writeReports({ "1.xml": first, "2.xml": second });
    expect(await linkClips(files, [makeRecord("a_b.mp4", "one")])).toEqual([
      { file: "1.xml", links: 1, problem: undefined },
      { file: "2.xml", links: 0, problem: undefined },
    ]);
    expect(await readLinks("1.xml")).toEqual({ one: [link("one")] });
    expect(await readFile("2.xml", "utf8")).toBe(second);
  });

  test("a suite of its own, where the first report has several or none", async () => {
    const several = '<testsuites><testsuite name="one"/><testsuite name="two"/></testsuites>';
    for (const content of [several, "<testsuites/>", "<testsuites></testsuites>"]) {
      const [file = ""] = await writeReports({ "junit.xml": content });
      await linkClips([file], [makeRecord("intro.mp4", "one"), makeRecord("outro.mp4", "two")]);
      expect(await readLinks(file)).toEqual({ clips: [link("one"), link("two")] });
    }
  });
});

describe("a report stays as it is", () => {
  test("where a clip is linked already, and where a file has become no clip", async () => {
    const [file = ""] = await writeReports({ "junit.xml": await readFixture("playwright") });
    const records = [
      makeRecord("test-results/x/video.webm", "one"),
      { ...makeRecord("intro.mp4", "two"), id: null, url: null },
    ];
    await linkClips([file], records);
    const once = await readFile(file, "utf8");
    expect(once.match(/name="clip"/g)).toHaveLength(1);
    await linkClips([file], records);
    expect(await readFile(file, "utf8")).toBe(once);
    expect(await readdir(".")).toEqual(["junit.xml"]);
  });

  test.each([
    ["damaged", '<testsuite name="a"><testcase name="b">', "is damaged: Missing end tag"],
    ["with an entity", '<testsuite name="&x;"/>', "is damaged: Named entity isn't defined: &x;"],
    [
      "with a document type",
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="a"/>',
      "has a document type",
    ],
    ["of another kind", "<html/>", "is not a JUnit report: its root is <html>"],
    ["that is empty", "", "is damaged: Root element is missing"],
    ["that is no UTF-8", Buffer.from("<testsuite name='\xe4'/>", "latin1"), "is not UTF-8 text"],
  ])("one %s, and the others are written", async (_, content, problem) => {
    const good = '<testsuite name="one"/>';
    const files = await writeReports({ "bad.xml": content, "good.xml": good });
    const [bad, other] = await linkClips(files, [makeRecord("intro.mp4", "one")]);
    expect(bad?.problem).toContain(`bad.xml ${problem}`);
    expect(bad?.problem).not.toContain("passwd");
    expect(other).toEqual({ file: "good.xml", links: 1, problem: undefined });
    expect(await readFile("bad.xml")).toEqual(Buffer.from(content));
    expect(await readLinks("good.xml")).toEqual({ one: [link("one")] });
  });

  test("in every character beside the links: line breaks, quotes, comments, a byte order mark", async () => {
    const odd =
      "\u{feff}<?xml version='1.0'?>\r\n<!-- 😀 --><testsuite name='a' >\r\n<properties />" +
      "<testcase name='b'\ttime='1'><!-- c --><![CDATA[d]]>&#x65;</testcase >\r\n</testsuite>\r\n";
    const [file = ""] = await writeReports({ "junit.xml": odd });
    await linkClips([file], [makeRecord("b.mp4", "one"), makeRecord("other.mp4", "two")]);
    expect(await readLinks(file)).toEqual({ a: [link("two")], b: [link("one")] });
    const text = removeLinks(await readFile(file, "utf8"));
    expect(text).toBe(odd.replace("<properties />", "<properties ></properties>"));
  });
});

test("names of files cannot break the report", async () => {
  const [file = ""] = await writeReports({
    "junit.xml": '<testsuite><testcase name="a"/></testsuite>',
  });
  const odd = `"><x/>&\u0001\ufffe\ud800/a.mp4`;
  await linkClips([file], [makeRecord(odd, '"&<\n')]);
  const { root } = parseXml(await readFile(file, "utf8"));
  const [testcase] = root === null ? [] : findElements(root, "testcase");
  expect(testcase?.children.filter((child) => child instanceof XmlElement)).toHaveLength(2);
  expect(testcase?.text).toContain('Clip of "><x/>&\ufffd\ufffd\ufffd/a.mp4: ');
});
