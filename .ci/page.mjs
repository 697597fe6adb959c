// Opens a page in Chromium and fails if it does anything but show. Called by `.ci/page`.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [page, folder] = process.argv.slice(2);
const axe = readFileSync(`${folder}/node_modules/axe-core/axe.min.js`, 'utf8');
const faults = [];
const check = (is, what) => { if (!is) faults.push(what); };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // In a container, Chromium runs as root and has no sandbox. The other flags keep it from using the network by itself.
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const looks = [];
for (const scheme of ['light', 'dark']) {
  for (const width of [360, 820, 1280]) looks.push({ scheme, width, media: 'screen' });
}
looks.push({ scheme: 'light', width: 820, media: 'print' });
for (const { scheme, width, media } of looks) {
  const name = `${media}-${scheme}-${width}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const tab = await context.newPage();
  const requests = [], messages = [];
  tab.on('request', (request) => requests.push(request.url()));
  tab.on('console', (message) => messages.push(message.text()));
  tab.on('dialog', (dialog) => { messages.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await tab.emulateMedia({ media });
  const began = performance.now();
  await tab.goto(`file://${page}`);
  const loaded = Math.round(performance.now() - began);

  check(requests.length === 1 && requests[0] === `file://${page}`, `${name}: it requests ${requests.join(', ')}`);
  check(messages.length === 0, `${name}: the console says ${messages[0]}`);
  const dom = await tab.evaluate(() => ({
    forbidden: [...document.querySelectorAll('script, form, button, input, select, textarea, iframe, object, embed, img, link, base')]
      .map((element) => element.outerHTML.slice(0, 100)),
    handlers: [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter(({ name }) => name.startsWith('on') || name === 'style')
        .map(({ name }) => `${element.tagName} ${name}`)),
    links: [...document.querySelectorAll('[href], [src], [action]')]
      .map((element) => element.getAttribute('href') ?? element.outerHTML).filter((href) => !href.startsWith('#')),
    broken: [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href').slice(1))
      .filter((id) => document.getElementById(id) === null),
    articles: document.querySelectorAll('article').length,
    width: document.documentElement.scrollWidth,
    font: getComputedStyle(document.querySelector('main')).fontFamily,
  }));
  check(dom.forbidden.length === 0, `${name}: the page has ${dom.forbidden[0]}`);
  check(dom.handlers.length === 0, `${name}: the page has ${dom.handlers[0]}`);
  check(dom.links.length === 0, `${name}: a link leads to ${dom.links[0]}`);
  check(dom.broken.length === 0, `${name}: no element has the id ${dom.broken[0]}`);
  check(dom.articles === 1000, `${name}: ${dom.articles} surfaces`);
  check(dom.width <= width || media === 'print', `${name}: the page is ${dom.width} wide`);
  // Without its style sheet, the page would have the browser's own font: the policy would have blocked it.
  check(dom.font.includes('system-ui'), `${name}: the style sheet is not applied`);

  // The first press of Tab offers to skip the lists. A printed page has no such link.
  await tab.keyboard.press('Tab');
  const focused = await tab.evaluate(() => document.activeElement.textContent);
  check(media === 'print' || focused === 'Go to the surfaces', `${name}: Tab goes to ${focused}`);

  // The top of the page has everything but the other surfaces, and one surface of each kind is enough for axe.
  await tab.evaluate(axe);
  const found = await tab.evaluate(() => {
    const others = [...document.querySelectorAll('article:nth-of-type(n + 40)')].map((article) => `#${article.id}`);
    return window.axe.run({ exclude: others.map((id) => [id]) }, { resultTypes: ['violations'] });
  });
  for (const { id, impact, nodes } of found.violations) {
    const place = nodes[0].html.slice(0, 120);
    if (impact === 'serious' || impact === 'critical') faults.push(`${name}: axe finds ${id} at ${place}`);
    else console.log(`${name}: axe remarks ${id} (${impact}) at ${place}`);
  }
  await tab.screenshot({ path: `${folder}/${name}.png` });
  if (media === 'print') await tab.pdf({ path: `${folder}/${name}.pdf` });
  console.log(`${name}: loaded in ${loaded} ms, ${found.passes?.length ?? 0} rules of axe passed`);
  await context.close();
}
await browser.close();
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'the page only shows' : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
