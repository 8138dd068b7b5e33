// A service of its own for the tests, filled by its API with benign pictures, and a browser to look at it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { deflateSync } from "node:zlib";

const program = process.env.BASIRA;
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** Starts `basira serve` in a folder that goes with it. */
export async function start(...options) {
  const folder = mkdtempSync(join(tmpdir(), "basira-browser-"));
  const listen = options.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const words = ["serve", ...listen, "--data", join(folder, "data"), "--key", join(folder, "key"),
    "--log-level", "warn", ...options];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  const service = {
    key: undefined,
    link: undefined,
    address: undefined,
    stop: () => new Promise((done) => {
      child.once("exit", () => { rmSync(folder, { recursive: true, force: true }); done(); });
      child.kill("SIGTERM");
    }),
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const words = line.trim();
    if (words.startsWith("basira_")) service.key = words;
    if (words.includes("/console/invitation/")) service.link = words;
    if (words.startsWith("basira serves on ")) {
      service.address = words.slice("basira serves on ".length);
      break;
    }
  }
  child.stdout.resume();
  return service;
}

/** Asks the API as the administrator. */
export async function api(service, method, path, body, kind = "application/json") {
  const answer = await fetch(service.address + path, {
    method,
    headers: { authorization: `Bearer ${service.key}`, ...(body === undefined ? {} : { "content-type": kind }) },
    body: body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Submits an item, and waits until it is finished. */
export async function submit(service, about, bytes) {
  const content = Buffer.from(bytes).toString("base64");
  const { item } = await api(service, "POST", "/v1/items", { ...about, content });
  for (;;) {
    const found = await api(service, "GET", `/v1/items/${item}`);
    if (found.state === "done" || found.state === "aside") return found;
    await new Promise((done) => setTimeout(done, 50));
  }
}

const crcs = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = crcs[(crc ^ byte) & 255] ^ (crc >>> 8);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return whole;
}

/** A picture of soft waves, another for each number; with another level the same picture in other bytes. */
export function picture(number, level = 6, side = 256) {
  const rows = [];
  for (let y = 0; y < side; y += 1) {
    const row = Buffer.alloc(1 + side);
    for (let x = 0; x < side; x += 1) {
      let value = 128;
      for (let wave = 1; wave <= 5; wave += 1) {
        const turn = Math.sin(number * 12.9898 + wave * 78.233) * 3;
        value += 24 * Math.sin((x * Math.cos(turn) + y * Math.sin(turn)) * (wave + 1) * 0.021 + turn * 7);
      }
      row[1 + x] = Math.max(0, Math.min(255, Math.round(value)));
    }
    rows.push(row);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.writeUInt8(8, 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A browser that asks nothing by itself. */
export function launch(chromium) {
  const settings = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: settings });
}

/** Notes at a page, as `wrong`, what it must not do: ask elsewhere, break its policy, run a stranger's words. */
export function watch(page, service) {
  page.wrong = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(service.address) && !request.url().startsWith("data:")) page.wrong.push(request.url());
  });
  page.on("console", (message) => { if (message.type() === "error" && /policy|Trusted/i.test(message.text())) page.wrong.push(message.text()); });
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  return page;
}

/** Waits for what comes from outside, for half a minute. */
export async function until(found) {
  const begun = Date.now();
  while (!found() && Date.now() - begun < 30_000) await new Promise((done) => setTimeout(done, 50));
  return found();
}

/** Comes in by a one-time link, and chooses a password. */
export async function comeIn(page, link, password) {
  await page.goto(link);
  await page.locator("#password").fill(password);
  await page.locator("#again").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/queue/);
}

/** That a page has no violation of WCAG 2.2 AA that can be found by a program. */
export async function healthy(page, where) {
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), tags);
  const found = violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
  assert.deepEqual(found, [], where);
}
