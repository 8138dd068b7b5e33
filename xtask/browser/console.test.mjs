// The console in Chromium: by keyboard, in both languages, light and dark, on a narrow screen, and against hostile texts.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { api, comeIn, healthy, launch, picture, start, submit, watch } from "./service.mjs";

const password = "four knights and a rook";
const hostile = [
  "<script>document.title='run'</script>",
  "\"><img src=https://elsewhere.example/x onerror=document.title='run'>",
  "' autofocus onfocus='document.title=`run`",
  "invoice_\u202egpj.exe\u200b",
  `${"w".repeat(200)} \u0645\u0631\u062d\u0628\u0627 https://chess.example/?a=1&b=2 \u0661\u0662\u0663`,
];

let service, browser, receiver;
const told = [];

before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => { body += piece; });
    request.on("end", () => { told.push(JSON.parse(body)); response.writeHead(204).end(); });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  service = await start("--webhook-network", "127.0.0.0/8", "--review-undo", "4");
  await api(service, "POST", "/v1/webhooks", { url: `http://127.0.0.1:${receiver.address().port}/`, events: ["item.decided"] });
  await api(service, "POST", "/v1/banks", { name: "known" });
  for (const number of [1, 2]) {
    await api(service, "POST", "/v1/banks/known/media", picture(number), "application/octet-stream");
  }
  await submit(service, { external_id: "one" }, picture(1));
  for (const level of [1, 0]) await submit(service, { external_id: `copy-${level}` }, picture(1, level));
  for (const text of hostile) {
    const context = { url: text, author: text, thread: text };
    const found = await submit(service, { external_id: text, context }, picture(2));
    assert.equal(found.result.verdict, "match");
  }
  await submit(service, { external_id: "broken" }, picture(3).subarray(0, 400));
  for (const [number, text] of hostile.entries()) {
    const signals = [{ type: "sha256", value: number.toString(16).padStart(64, "0") }];
    await api(service, "POST", "/v1/banks/known/entries", { signals, note: text, external_id: text, labels: [text.slice(0, 40).trim()] });
  }
  browser = await launch(chromium);
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await service?.stop();
  receiver?.close();
});

/** A page, and what it must not do. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en", ...options });
  const page = watch(await context.newPage(), service);
  const { wrong } = page;
  page.on("dialog", (dialog) => { wrong.push(dialog.message()); dialog.dismiss(); });
  return { page, wrong };
}

async function signIn(page, name = "administrator") {
  await page.goto(`${service.address}/console/sign-in`);
  await page.getByLabel(/Name|الاسم/).fill(name);
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/queue/);
}

test("the first administrator comes in by the link, and by name and password", async () => {
  const { page, wrong } = await open();
  await page.goto(service.link);
  await healthy(page, "invitation");
  await page.locator("#password").fill(password);
  await page.locator("#again").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/queue/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await healthy(page, "sign-in");
  await signIn(page);
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("a case is taken, uncovered, decided, undone, decided again and told, by keyboard alone", async () => {
  const { page, wrong } = await open();
  await signIn(page);
  // By the position of keys: what they write is Arabic on an Arabic keyboard.
  await page.keyboard.press("KeyJ");
  await page.keyboard.press("KeyJ");
  await page.keyboard.press("KeyK");
  await page.keyboard.press("Enter");
  await page.waitForURL(/cases/);
  const address = page.url();
  await page.keyboard.press("KeyT");
  await page.getByText("You work on it").waitFor();
  assert.equal(await page.locator("img").count(), 0, "covered");
  await page.hover(".cover");
  assert.equal(await page.locator("img").count(), 0, "covered, whatever the pointer does");
  await page.keyboard.press("KeyR");
  await page.locator("img").first().waitFor();
  assert.ok(await page.locator("img").first().evaluate((image) => image.naturalWidth > 0));
  await page.keyboard.press("KeyB");
  await page.waitForURL(address);
  const decide = async () => {
    await page.keyboard.press("Digit1");
    await page.keyboard.press("KeyD");
    await page.locator("#decided").waitFor();
  };
  await decide();
  await page.keyboard.press("KeyU");
  await page.locator("#decided").waitFor({ state: "detached" });
  await new Promise((done) => setTimeout(done, 5_000));
  assert.deepEqual(told, [], "what was undone leaves nothing");
  await decide();
  const begun = Date.now();
  while (told.length === 0 && Date.now() - begun < 30_000) await new Promise((done) => setTimeout(done, 50));
  assert.equal(told[0].data.outcome, "violating");
  assert.equal(told[0].data.action.do, "remove");
  // What nobody has confirmed yet is seen as such.
  await page.goto(address);
  await page.locator(".told .red").first().waitFor();
  await page.keyboard.press("Shift+Slash");
  assert.ok(await page.locator("#help").evaluate((help) => help.open));
  await healthy(page, "help");
  await page.keyboard.press("Escape");
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("near copies are confirmed in one form, by keyboard, and what was told of them is seen", async () => {
  const { page, wrong } = await open();
  await signIn(page);
  await page.goto(`${service.address}/console/cases/1`);
  assert.equal(await page.locator("input[name=copy]").count(), 2);
  await healthy(page, "near copies");
  await page.locator("input[name=sure]").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("input[name=copy]").first().waitFor({ state: "detached" });
  const begun = Date.now();
  while (told.length < 3 && Date.now() - begun < 30_000) await new Promise((done) => setTimeout(done, 50));
  assert.equal(new Set(told.map((it) => it.data.external_id)).size, 3);
  assert.equal(told[2].data.confirms, told[0].data.decision);
  await page.goto(`${service.address}/console/decisions/${told[2].data.decision}/deliveries`);
  await page.locator("tr.red").first().waitFor();
  await healthy(page, "deliveries");
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("a case is assigned, put off, taken up and handed up", async () => {
  const { page, wrong } = await open();
  await signIn(page);
  await page.goto(`${service.address}/console/cases/3`);
  await page.locator("details summary").first().click();
  await page.locator("#assignee").selectOption({ label: "administrator" });
  await page.locator("form[action$='/assign'] button").click();
  await page.goto(`${service.address}/console/queue?whose=mine`);
  assert.equal(await page.locator("[data-row]").count(), 1);
  await page.goto(`${service.address}/console/cases/3`);
  await page.locator("details summary").first().click();
  await page.locator("#hold-hours").fill("2");
  await page.locator("#hold-reason").fill("the platform answers");
  await page.locator("form[action$='/hold'] button").click();
  await page.goto(`${service.address}/console/queue?state=put_off`);
  assert.equal(await page.locator("[data-row]").count(), 1);
  await healthy(page, "put off");
  await page.goto(`${service.address}/console/cases/3`);
  await page.locator("details summary").first().click();
  await healthy(page, "moves");
  await page.locator("form[action$='/hold'] button").click();
  await page.goto(`${service.address}/console/queue?state=put_off`);
  assert.equal(await page.locator("[data-row]").count(), 0);
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("every page is accessible in both languages, light and dark, and fits a narrow screen", { timeout: 300_000 }, async () => {
  const item = (await api(service, "GET", "/v1/items?limit=1")).items[0].item;
  const paths = ["queue", "overview", "cases/1", "cases/2", "cases/3", "decisions/2/deliveries", "banks", "log", "people", "sessions", "account",
    "banks/known", "entries/1", "items", `items/${item}`, "search", "second", "quality", "care", "policies", "deliveries", "keys",
    "reading", "routing", "incidents", "purges", "shares", "draft", "draft/form", "connectors", "reporters", "appeals", "reports",
    ...await drafted()];
  // What pages lead to is among them; one appeal and one second look are in the tests of reports.
  const kind = (path) => path.replace(/^\/console\//, "").split(/[?#]/)[0].replace(/\/[^/]*\d[^/]*(?=\/|$)/g, "/…");
  const [visited, linked] = [new Set(paths.map(kind)), new Set()];
  for (const lang of ["en", "ar"]) {
    for (const colorScheme of ["light", "dark"]) {
      const readers = await Promise.all([open({ colorScheme }), open({ colorScheme })]);
      for (const [index, { page }] of readers.entries()) {
        await signIn(page, ["administrator", "lena"][index]);
        if ((await page.locator("html").getAttribute("lang")) !== lang) {
          await page.locator(`button[lang=${lang}]`).click();
          await page.waitForFunction((lang) => document.documentElement.lang === lang, lang);
        }
      }
      for (const path of paths) {
        let page;
        for (const reader of readers) {
          page = reader.page;
          await page.setViewportSize({ width: 1280, height: 900 });
          const answer = await page.goto(`${service.address}/console/${path}`);
          if (answer.status() === 200) break;
          assert.equal(answer.status(), 403, path);
          await healthy(page, `${path}, refused, ${lang} ${colorScheme}`);
          page = undefined;
        }
        assert.ok(page, `${path} is shown to neither`);
        await healthy(page, `${path} ${lang} ${colorScheme}`);
        const links = await page.locator('a[href^="/console/"]').evaluateAll((all) => all.map((it) => it.getAttribute("href")));
        for (const link of links) if (!link.split("?")[0].endsWith(".csv")) linked.add(kind(link));
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), lang === "ar" ? "rtl" : "ltr");
        const brand = await page.locator(".brand").boundingBox();
        assert.equal(brand.x > 640, lang === "ar", "the page is mirrored");
        await page.setViewportSize({ width: 360, height: 740 });
        const wide = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          const out = ({ left, right }) => left < 0 || right > clientWidth;
          const wide = [...document.querySelectorAll("body *")].filter((it) => out(it.getBoundingClientRect()));
          return scrollWidth === clientWidth ? [] : [scrollWidth - clientWidth, ...wide.map((it) => it.outerHTML.slice(0, 120))];
        });
        assert.deepEqual(wide.slice(0, 6), [], `${path} ${lang} is wider than the screen`);
      }
      const { page } = readers[0];
      // Uncovered.
      await page.goto(`${service.address}/console/cases/2`);
      await page.locator(".cover button").first().click();
      await page.locator("img").first().waitFor();
      await healthy(page, `uncovered ${lang} ${colorScheme}`);
      for (const { page, wrong } of readers) {
        assert.deepEqual(wrong, []);
        await page.context().close();
      }
    }
  }
  const missed = [...linked].filter((it) => !visited.has(it) && !/^(banks|policies)\/[^/]+$/.test(it));
  assert.deepEqual(missed, [], "pages that nobody looked at");
});

/** The pages of a policy that a lead hands in, and of what it would have done. */
async function drafted() {
  const { page, wrong } = await open();
  await signIn(page);
  await page.goto(`${service.address}/console/people`);
  await page.locator("#name").fill("lena");
  await page.locator("#role").selectOption("policy_lead");
  await page.locator("form .row button").first().click();
  await comeIn(page, await page.locator(".secret code").innerText(), password);
  await page.goto(`${service.address}/console/draft`);
  await page.locator("button[name=do][value=backtest]").click();
  await page.waitForURL(/backtests\/\d+/);
  const backtest = new URL(page.url()).pathname;
  const begun = Date.now();
  while (await page.locator("main table").count() === 0 && Date.now() - begun < 60_000) await page.goto(service.address + backtest);
  await page.goto(`${service.address}/console/draft`);
  await page.locator("button[name=do][value=save]").click();
  await page.waitForURL(/policies\/./);
  const policy = new URL(page.url()).pathname;
  assert.deepEqual(wrong, []);
  await page.context().close();
  return [backtest, policy].map((path) => path.replace("/console/", ""));
}

test("what strangers write does nothing and turns nothing around", async () => {
  const { page, wrong } = await open();
  await signIn(page);
  await page.locator("button[lang=en]").click({ timeout: 1_000 }).catch(() => {});
  for (const path of ["banks/known", "entries/3", "entries/6", "items", "keys", "sessions", "cases/2"]) {
    await page.goto(`${service.address}/console/${path}`);
    assert.ok(!(await page.title()).includes("run"), path);
    assert.ok(!(await page.locator("main").innerText()).includes("\u202e"), path);
  }
  const text = await page.locator("main").innerText();
  assert.ok(text.includes("<script>") && text.includes("U+202E") && text.includes("U+200B"), text);
  const isolated = await page.locator(".members dd bdi").evaluateAll((all) =>
    all.every((it) => getComputedStyle(it).unicodeBidi.includes("isolate")));
  assert.ok(isolated);
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("every page works without script", async () => {
  const { page } = await open({ javaScriptEnabled: false });
  await signIn(page);
  await page.goto(`${service.address}/console/cases/3`);
  await page.locator("input[name=outcome][value=cannot_tell], input[name=outcome][value=exempt]").first().check();
  await page.locator("select[name=exemption]").first().selectOption("news");
  await page.locator("form.decide button").first().click();
  await page.locator(".decision form button").first().click();
  await page.locator("form.decide").first().waitFor();
  await page.context().close();
});

test("a text is found in another spelling, and the question is in no address", async () => {
  const { page, wrong } = await open();
  await submit(service, { external_id: "text" }, Buffer.from("أُقيمت المباراة الأولى في بطولة الشطرنج بالمدرسة"));
  await signIn(page);
  await page.goto(`${service.address}/console/search`);
  await page.locator("#question").fill("مدرسه شطرنج");
  await page.keyboard.press("Enter");
  await page.locator("table a").first().waitFor();
  assert.ok(!page.url().includes("?"), "the question is in no address");
  await healthy(page, "search");
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("keys that were moved do what they did elsewhere, and colours are as chosen", async () => {
  const { page, wrong } = await open({ colorScheme: "light" });
  await signIn(page);
  await page.goto(`${service.address}/console/reading`);
  await page.locator("#KeyO").fill("w");
  await page.locator("#theme").selectOption("dark");
  await page.locator("main form button").click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(back, "rgb(20, 23, 26)");
  await healthy(page, "dark by choice");
  await page.goto(`${service.address}/console/queue`);
  await page.keyboard.press("KeyO");
  await page.keyboard.press("KeyW");
  await page.waitForURL(/overview/);
  await page.goto(`${service.address}/console/reading`);
  await page.locator("#KeyO").fill("o");
  await page.locator("#theme").selectOption("device");
  await page.locator("main form button").click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === undefined);
  assert.deepEqual(wrong, []);
  await page.context().close();
});
