// Pictures of the main pages, in both languages, for the README: of a service of its own, filled with benign pictures and texts.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { api, comeIn, launch, picture, start, submit } from "./service.mjs";

const folder = process.argv[2];
const password = "four knights and a rook";
const pages = { case: "cases/1", overview: "overview", search: "search" };
const texts = [
  "أُقيمت المباراة الأولى في بطولة الشطرنج بالمدرسة يوم الأحد",
  "The second round of the chess league was played on Sunday",
];

mkdirSync(folder, { recursive: true });
const service = await start();
const browser = await launch(chromium);
try {
  await api(service, "POST", "/v1/banks", { name: "league" });
  for (const number of [1, 2]) {
    await api(service, "POST", "/v1/banks/league/media", picture(number), "application/octet-stream");
  }
  for (const [number, name] of ["one", "two", "three", "four", "five", "six"].entries()) {
    await submit(service, { external_id: name, context: { language: number % 2 ? "ar" : "en" } }, picture(1 + (number % 4)));
  }
  await submit(service, { external_id: "broken" }, picture(5).subarray(0, 400));
  for (const text of texts) await submit(service, {}, Buffer.from(text));

  const page = await (await browser.newContext({ viewport: { width: 1180, height: 820 }, locale: "en" })).newPage();
  await comeIn(page, service.link, password);
  for (const lang of ["en", "ar"]) {
    if ((await page.locator("html").getAttribute("lang")) !== lang) {
      await page.locator(`button[lang=${lang}]`).click();
      await page.waitForFunction((lang) => document.documentElement.lang === lang, lang);
    }
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(`${service.address}/console/${path}`);
      if (name === "search") {
        await page.locator("#question").fill("شطرنج");
        await page.keyboard.press("Enter");
        await page.locator("table").waitFor();
      }
      if (name === "overview") await page.locator("#t-hours").evaluate((title) => title.scrollIntoView({ behavior: "instant" }));
      await page.screenshot({ path: join(folder, `${name}.${lang}.png`) });
    }
  }
} finally {
  await browser.close();
  await service.stop();
}
