// Reports and appeals in Chromium: from the form that needs no account to the decision by another person, in both languages.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { api, comeIn, healthy, launch, picture, start, submit, until, watch } from "./service.mjs";

const password = "four knights and a rook";
const told = [];
let service, browser, receiver;

before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => { body += piece; });
    request.on("end", () => { told.push(JSON.parse(body)); response.writeHead(204).end(); });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  service = await start("--webhook-network", "127.0.0.0/8", "--review-undo", "0", "--review-forms");
  const url = `http://127.0.0.1:${receiver.address().port}/`;
  await api(service, "POST", "/v1/webhooks", { url, events: ["item.decided", "appeal.decided"] });
  for (const lang of ["en", "ar"]) {
    const found = await submit(service, { external_id: lang, context: { url: address(lang) } }, picture(lang === "en" ? 5 : 6));
    assert.equal(found.result.verdict, "no_match");
  }
  browser = await launch(chromium);
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await service?.stop();
  receiver?.close();
});

const address = (lang) => `https://chess.example/${lang}`;

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en", ...options });
  const page = watch(await context.newPage(), service);
  return page;
}

async function close(page) {
  assert.deepEqual(page.wrong, []);
  await page.context().close();
}

/** No violation, the right direction, and nothing wider than a narrow screen. */
async function fits(page, where, lang) {
  await healthy(page, where);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), lang === "ar" ? "rtl" : "ltr", where);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, `${where} is wider than the screen`);
  await page.setViewportSize(size);
}

/** Comes in by a one-time link, in a language. */
async function invited(link, lang) {
  const page = await open();
  await comeIn(page, link, password);
  await choose(page, lang);
  return page;
}

async function choose(page, lang) {
  const other = page.locator(`button[lang=${lang}]`);
  if (await other.count()) {
    await other.click();
    await page.waitForFunction((lang) => document.documentElement.lang === lang, lang);
  }
}

let first, second;
const looks = [];

for (const lang of ["en", "ar"]) {
  test(`a report becomes a case, and another person decides the appeal against its decision (${lang})`, { timeout: 120_000 }, async () => {
    // Without account, in the browser's own language.
    const stranger = await open({ locale: lang });
    await stranger.goto(`${service.address}/report`);
    assert.equal(await stranger.locator("html").getAttribute("lang"), lang);
    assert.equal(await stranger.locator("script").count(), 0);
    await fits(stranger, `report ${lang}`, lang);
    await stranger.locator("#url").fill(address(lang));
    await stranger.locator("#category-terrorism").check();
    await stranger.locator("#words").fill("it calls for an attack on the chess league");
    await stranger.locator("#name").fill("Zenobia Quillfeather");
    await stranger.locator("#email").fill("no address");
    await stranger.locator("#good").check();
    await stranger.locator("main button").click();
    await stranger.locator(".wrong").waitFor();
    await fits(stranger, `report refused ${lang}`, lang);
    assert.equal(await stranger.locator("#url").inputValue(), address(lang));
    await stranger.locator("#email").fill("zenobia@quillfeather.example");
    await stranger.locator("#good").check();
    await stranger.locator("main button").click();
    const report = await stranger.locator("#sent-code").innerText();
    await fits(stranger, `code ${lang}`, lang);
    const ask = async (code) => {
      await stranger.goto(`${service.address}/report/status?lang=${lang}`);
      await stranger.locator("#code").fill(code);
      await stranger.locator("main button").click();
      const state = await stranger.locator("#state").innerText();
      await fits(stranger, `status ${lang}`, lang);
      return state;
    };
    const waiting = await ask(report);

    // The case, by somebody; the names of rows are the same in both languages by their order.
    first ??= await invited(service.link, lang);
    await choose(first, lang);
    if (second === undefined) {
      await first.goto(`${service.address}/console/people`);
      await first.locator("#name").fill("badr");
      await first.locator("#role").selectOption("senior_reviewer");
      await first.locator("form .row button").first().click();
      second = await invited(await first.locator(".secret code").innerText(), lang);
      // Every decision is looked at again.
      await first.goto(`${service.address}/console/care`);
      await first.locator("#rule-sample").fill("1000");
      await first.locator("form[action$=rules] button").click();
    }
    await choose(second, lang);
    await first.goto(`${service.address}/console/queue`);
    await first.locator("[data-row]").first().click();
    await first.waitForURL(/cases/);
    const place = first.url();
    const shown = await first.locator("main").innerText();
    assert.ok(shown.includes("it calls for an attack on the chess league"), shown);
    assert.ok(!shown.includes("Zenobia") && !shown.includes("quillfeather"), "who reports is not shown");
    await fits(first, `case ${lang}`, lang);
    await first.locator("input[name=outcome][value=violating]").check();
    await first.locator("form.decide button").click();
    await first.locator("#decided").waitFor();
    const decided = await until(() => told.find((it) => it.type === "item.decided" && it.data.external_id === lang));
    assert.notEqual(await ask(report), waiting, "it is told that people have decided");

    // The author, by the code that the platform has got.
    await stranger.goto(`${service.address}/appeal?lang=${lang}`);
    await fits(stranger, `appeal form ${lang}`, lang);
    await stranger.locator("#code").fill(decided.data.appeal_code);
    await stranger.locator("#words").fill("it is satire about the chess league");
    await stranger.locator("main button").click();
    const appeal = await stranger.locator("#sent-code").innerText();

    // Not by whoever has decided.
    await first.goto(`${service.address}/console/appeals`);
    await fits(first, `appeals ${lang}`, lang);
    await first.locator("[data-row]").first().click();
    await first.waitForURL(/appeals\/\d/);
    await fits(first, `own appeal ${lang}`, lang);
    assert.equal(await first.locator("input[name=ruling]").count(), 0, "nobody decides about their own decision");
    await second.goto(first.url());
    await fits(second, `appeal ${lang}`, lang);
    await second.locator("#ruling-overturn").check();
    await second.locator("#answer").fill("it is satire, you are right");
    await second.locator("main form button").last().click();
    await second.locator("input[name=ruling]").waitFor({ state: "detached" });
    await fits(second, `decided appeal ${lang}`, lang);
    const answered = await until(() => told.find((it) => it.type === "appeal.decided" && it.data.external_id === lang));
    assert.equal(answered.data.state, "overturned");
    assert.ok(await until(() => told.find((it) => it.type === "decision.reversed" && it.data.external_id === lang)));
    await ask(appeal);
    assert.ok((await stranger.locator("main").innerText()).includes("it is satire, you are right"));
    await second.goto(`${service.address}/console/reports`);
    await fits(second, `reports ${lang}`, lang);
    // A second look, of whoever did not decide; it is taken before what it is about is decided anew.
    await second.goto(`${service.address}/console/second`);
    await fits(second, `second looks ${lang}`, lang);
    await second.locator("[data-row] a, a[data-row]").first().click();
    await second.waitForURL(/second\/\d/);
    looks.push(new URL(second.url()).pathname);
    await fits(second, `second look ${lang}`, lang);
    await second.goto(place);
    await second.locator("#appeals").waitFor();
    await fits(second, `case with an appeal ${lang}`, lang);
    // The case waits again; it is decided, so that the next one stands first.
    await second.locator("input[name=outcome][value=not_violating]").check();
    await second.locator("form.decide button").click();
    await second.locator("#decided").waitFor();
    assert.deepEqual([first.wrong, second.wrong], [[], []]);
    assert.ok(!JSON.stringify(told).includes("Zenobia"));
    await close(stranger);
  });
}

test("the pages of reports and appeals are accessible in the dark", { timeout: 120_000 }, async () => {
  await second.emulateMedia({ colorScheme: "dark" });
  for (const lang of ["en", "ar"]) {
    await choose(second, lang);
    for (const path of ["reports", "appeals", "appeals/1", "cases/1", "second"].map((it) => `/console/${it}`).concat(looks)) {
      await second.goto(service.address + path);
      await fits(second, `${path} ${lang} dark`, lang);
    }
  }
  assert.deepEqual(second.wrong, []);
});

test("the forms work without script, and in the dark", async () => {
  for (const lang of ["en", "ar"]) {
    const dark = await open({ colorScheme: "dark" });
    for (const path of ["report", "appeal", "report/status"]) {
      await dark.goto(`${service.address}/${path}?lang=${lang}`);
      await fits(dark, `${path} ${lang} dark`, lang);
    }
    await close(dark);
  }
  const page = await open({ javaScriptEnabled: false });
  await page.goto(`${service.address}/report`);
  await page.locator("#url").fill("https://elsewhere.example/");
  await page.locator("#category-other").check();
  await page.locator("#words").fill("a rook");
  await page.locator("#good").check();
  await page.locator("main button").click();
  assert.match(await page.locator("#sent-code").innerText(), /^([0-9a-z]{4}-){5}[0-9a-z]{4}$/);
  await page.context().close();
});
