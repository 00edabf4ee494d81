// Opens an address in a browser; prints, as JSON, what the page shows and everything the browser has to say against it.
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const [address, awaited] = process.argv.slice(2);
const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: chromium.args,
  headless: true,
});
const page = await browser.newPage();
const said = [];
page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => said.push(`error: ${error.message}`));
await page.goto(address);
let shown = true;
try {
  await page.waitForSelector(awaited, { timeout: 30_000 });
} catch {
  shown = false;
}
const text = await page.evaluate(() => document.body.innerText);
await browser.close();
console.log(JSON.stringify({ shown, text, said }));
