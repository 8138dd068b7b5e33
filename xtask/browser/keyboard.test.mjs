// The whole path by keyboard alone, in both languages: from a report to an appeal, a policy and an entry of a bank. After the
// address nothing is done but to press keys: what cannot be reached by Tab fails.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { api, launch, picture, start, submit, until, watch } from "./service.mjs";

const password = "four knights and a rook";
const told = [];
let service, browser, receiver;
/** Who has come in, by name. */
const people = {};

before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => { body += piece; });
    request.on("end", () => {
      told.push(JSON.parse(body));
      response.writeHead(200, { "content-type": "application/json" }).end('{"confirmed": true}');
    });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  service = await start("--webhook-network", "127.0.0.0/8", "--review-undo", "3", "--review-forms");
  const url = `http://127.0.0.1:${receiver.address().port}/`;
  await api(service, "POST", "/v1/webhooks", { url, events: ["item.decided", "decision.reversed", "appeal.decided"] });
  await api(service, "POST", "/v1/banks", { name: "known" });
  await api(service, "POST", "/v1/banks/known/media", picture(1), "application/octet-stream");
  browser = await launch(chromium);
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await service?.stop();
  receiver?.close();
});

/** A page at an address, as somebody types it. */
async function open(address, locale = "en") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale });
  const page = watch(await context.newPage(), service);
  // So that a list of files is asked for here from the first time on.
  page.on("filechooser", () => {});
  await page.goto(address);
  return page;
}

const isAt = (page, selector) => page.evaluate((it) => document.activeElement?.matches(it) ?? false, selector);

/** Goes to an element by Tab. */
async function to(page, selector) {
  await page.locator(selector).first().waitFor();
  for (let steps = 0; steps < 300; steps += 1) {
    if (await isAt(page, selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by Tab on ${page.url()}`);
}

async function write(page, selector, text) {
  await to(page, selector);
  await page.keyboard.type(text);
}

/** Presses a key that leads to a page. */
async function arrive(page, key) {
  const loaded = page.waitForEvent("load");
  await page.keyboard.press(key);
  await loaded;
}

/** Uses a link or a button that leads to a page, and waits for what that shows. */
async function use(page, selector, shown) {
  await to(page, selector);
  await arrive(page, "Enter");
  await page.locator(shown).first().waitFor();
}

/** Goes on in a list of choices until one is made. */
async function choose(page, selector, value) {
  await to(page, selector);
  for (let steps = 0; steps < 20; steps += 1) {
    const [at, made] = await page.evaluate(() => [document.activeElement.value, document.activeElement.checked ?? true]);
    if (at === value && made) return;
    await page.keyboard.press(at === value ? "Space" : "ArrowDown");
  }
  assert.fail(`${value} is not reached on ${page.url()}`);
}

/** Comes in by a one-time link. */
async function comeIn(link) {
  const page = await open(link);
  await write(page, "#password", password);
  await write(page, "#again", password);
  await arrive(page, "Enter");
  assert.match(page.url(), /queue/);
  return page;
}

/** Somebody whom the administrator has invited. */
async function invited(name, role) {
  const { amal } = people;
  await use(amal, 'a[href="/console/people"]', "#role");
  await write(amal, "#name", name);
  await choose(amal, "#role", role);
  await use(amal, 'form[action="/console/people"] button', ".secret code");
  return comeIn(await amal.locator(".secret code").innerText());
}

/** The page in a language, as it is written there. */
async function speak(page, lang) {
  if (await page.locator("html").getAttribute("lang") !== lang) {
    await use(page, `button[lang=${lang}]`, `html[lang=${lang}]`);
  }
  const direction = await page.evaluate(() => getComputedStyle(document.body).direction);
  assert.equal(direction, lang === "ar" ? "rtl" : "ltr");
}

for (const lang of ["en", "ar"]) {
  const address = `https://chess.example/${lang}`;
  let code;

  test(`a report, a case, a reveal, a decision, an undo, a confirmed delivery (${lang})`, { timeout: 120_000 }, async () => {
    await submit(service, { external_id: lang, context: { url: address } }, picture(lang === "en" ? 5 : 6));
    const stranger = await open(`${service.address}/report`, lang);
    await write(stranger, "#url", address);
    await choose(stranger, "input[name=category]", "terrorism");
    await write(stranger, "#words", "it calls for an attack on the chess league");
    await to(stranger, "#good");
    await stranger.keyboard.press("Space");
    await use(stranger, "main button", "#sent-code");
    assert.deepEqual(stranger.wrong, []);
    await stranger.context().close();

    people.amal ??= await comeIn(service.link);
    const { amal } = people;
    await speak(amal, lang);
    await arrive(amal, "KeyQ");
    await amal.keyboard.press("KeyJ");
    await arrive(amal, "Enter");
    assert.match(amal.url(), /cases/);
    const place = amal.url();
    await amal.locator("main").getByText("it calls for an attack on the chess league").waitFor();
    assert.equal(await amal.locator("img").count(), 0, "covered");
    await arrive(amal, "KeyR");
    await amal.locator("img").first().waitFor();
    await arrive(amal, "KeyB");
    assert.equal(amal.url(), place);
    const decide = async () => {
      await amal.keyboard.press("Digit1");
      await arrive(amal, "KeyD");
      await amal.locator("#decided").waitFor();
    };
    await decide();
    await arrive(amal, "KeyU");
    await amal.locator("#decided").waitFor({ state: "detached" });
    await decide();
    const decided = await until(() => told.find((it) => it.type === "item.decided" && it.data.external_id === lang));
    assert.equal(decided?.data.outcome, "violating");
    code = decided.data.appeal_code;
    // It is seen when the platform has said that it acted.
    const begun = Date.now();
    do {
      await amal.reload();
    } while (await amal.locator(".told .red").count() > 0 && Date.now() - begun < 30_000);
    assert.ok(await amal.locator(".told").count() > 0);
    assert.equal(await amal.locator(".told .red").count(), 0);
    assert.equal(told.filter((it) => it.data.external_id === lang).length, 1, "nothing left of what was undone");
    assert.deepEqual(amal.wrong, []);
  });

  test(`an appeal is decided by another person (${lang})`, { timeout: 120_000 }, async () => {
    const stranger = await open(`${service.address}/appeal?lang=${lang}`, lang);
    await write(stranger, "#code", code);
    await write(stranger, "#words", "it is satire about the chess league");
    await use(stranger, "main button", "#sent-code");
    await stranger.context().close();

    people.badr ??= await invited("badr", "senior_reviewer");
    const { badr } = people;
    await speak(badr, lang);
    await use(badr, 'a[href="/console/appeals"]', "[data-row]");
    await badr.keyboard.press("KeyJ");
    await arrive(badr, "Enter");
    assert.match(badr.url(), /appeals\/\d/);
    await choose(badr, "input[name=ruling]", "overturn");
    await write(badr, "#answer", "it is satire, you are right");
    await to(badr, "button[data-key=KeyD]");
    await arrive(badr, "Enter");
    await badr.locator("input[name=ruling]").first().waitFor({ state: "detached" });
    assert.ok(await until(() => told.find((it) => it.type === "decision.reversed" && it.data.external_id === lang)));
    // The case waits again; it is decided, so that the next one stands first.
    await use(badr, 'main a[href^="/console/cases/"]', "input[name=outcome]");
    await choose(badr, "input[name=outcome]", "not_violating");
    await arrive(badr, "KeyD");
    await badr.locator("#decided").waitFor();
    assert.deepEqual(badr.wrong, []);
  });
}

// After those, whose cases stand first in the queue.
for (const lang of ["en", "ar"]) {
  test(`a policy is written, and approved and moved by another person (${lang})`, { timeout: 120_000 }, async () => {
    people.lena ??= await invited("lena", "policy_lead");
    people.omar ??= await invited("omar", "policy_lead");
    const { lena, omar } = people;
    await speak(lena, lang);
    await speak(omar, lang);
    await use(lena, 'a[href="/console/policies"]', 'a[href="/console/draft"]');
    await use(lena, 'a[href="/console/draft"]', "#text");
    // A text of its own.
    await to(lena, "#text");
    await lena.keyboard.press("Control+Home");
    await lena.keyboard.type(`# ${lang}\n`);
    await to(lena, "button[name=do][value=save]");
    await arrive(lena, "Enter");
    assert.match(lena.url(), /policies\/own/);

    // What the policy refers to goes first, and has no shadow.
    const path = "/console/policies/";
    const approve = async (name) => {
      await use(omar, 'a[href="/console/policies"]', `a[href="${path}${name}"]`);
      await use(omar, `a[href="${path}${name}"]`, "main section form:not([action])");
      await use(omar, "main section form:not([action]) button", "main dl");
      await omar.locator("main section form:not([action])").first().waitFor({ state: "detached" });
    };
    const move = async (stage) => {
      await to(omar, "main section details summary");
      await omar.keyboard.press("Enter");
      await to(omar, `button[name=to][value=${stage}]`);
      const answered = omar.waitForResponse((it) => it.request().method() === "POST");
      await arrive(omar, "Enter");
      assert.equal((await answered).status(), 303);
    };
    if (lang === "en") {
      for (const name of ["clauses.toml", "grounds.toml"]) {
        await approve(name);
        await move("enforce");
      }
    }
    await approve("own.near-copy");
    await move("shadow");
    const kept = await api(service, "GET", "/v1/policies/own.near-copy");
    assert.deepEqual([kept.texts[0].approvals, kept.texts[0].stage], [["omar"], "shadow"]);
    assert.ok(kept.source.startsWith(`# ${lang}`));
    assert.deepEqual([lena.wrong, omar.wrong], [[], []]);
  });

  test(`an entry is added to a bank, and found (${lang})`, { timeout: 120_000 }, async () => {
    const { omar } = people;
    const number = lang === "en" ? 7 : 8;
    await speak(omar, lang);
    await use(omar, 'a[href="/console/banks"]', 'a[href="/console/banks/known"]');
    await use(omar, 'a[href="/console/banks/known"]', "#file");
    await write(omar, "#note", `a picture of the league, ${lang}`);
    await choose(omar, "#trust", "active");
    await to(omar, "#file");
    const asked = omar.waitForEvent("filechooser");
    await omar.keyboard.press("Enter");
    await (await asked).setFiles({ name: "league.png", mimeType: "image/png", buffer: picture(number) });
    await use(omar, 'form[enctype] button', "main .lead a");
    await use(omar, "main .lead a", "main dl");
    assert.ok((await omar.locator("main").innerText()).includes(`a picture of the league, ${lang}`));
    const entry = new URL(omar.url()).pathname.split("/").pop();
    // By whoever looks for it, and in what is uploaded from now on.
    await use(omar, 'a[href="/console/banks"]', 'a[href="/console/banks/known"]');
    await use(omar, 'a[href="/console/banks/known"]', "#question");
    await write(omar, "#question", entry);
    await arrive(omar, "Enter");
    assert.match(omar.url(), /question=/);
    await omar.locator(`main td a[href="/console/entries/${entry}"], main th a[href="/console/entries/${entry}"]`).first().waitFor();
    const found = await submit(service, { external_id: `copy-${lang}` }, picture(number, 0));
    assert.equal(found.result.verdict, "match");
    assert.deepEqual(omar.wrong, []);
  });
}
