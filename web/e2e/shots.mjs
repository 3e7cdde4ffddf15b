/** Takes pictures of every screen: phone and desktop, light and dark. and checks each with axe, for small targets, and for
 * scrolling sideways. `node e2e/shots.mjs <folder> [only]` */

import { mkdirSync } from 'node:fs';
import { smallTargets, violations } from './axe.mjs';
import { BASE, call, launch } from './browser.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3];
mkdirSync(folder, { recursive: true });

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

async function lisbon() {
  const event = await call('POST', '/events', { name: 'Weekend in Lisbon', currency: 'EUR', my_name: 'Anna', members: [{ name: 'Ben' }, { name: 'Clara' }, { name: 'Dinesh' }] });
  const id = Object.fromEntries(event.members.map((member) => [member.name, member.id]));
  const { access_token } = await call('POST', '/auth/guest', { link: event.link.token, member_id: id.Anna });
  const add = (body) => call('POST', `/events/${event.id}/expenses`, body, access_token);
  const made = [
    await add({ description: 'Apartment in Alfama', amount: 48600, category: 'lodging', date: day(24), payers: [{ member_id: id.Anna }] }),
    await add({ description: 'Flights', amount: 51240, category: 'flights', date: day(40), payers: [{ member_id: id.Ben, amount: 30000 }, { member_id: id.Clara, amount: 21240 }] }),
    await add({ description: 'Dinner at Ramiro', amount: 13745, category: 'food', date: day(3), payers: [{ member_id: id.Dinesh }], split: { type: 'adjustment', participants: [{ member_id: id.Anna, value: 0 }, { member_id: id.Ben, value: 1250 }, { member_id: id.Clara, value: 0 }, { member_id: id.Dinesh, value: 0 }] } }),
    await add({ description: 'Tram 28 tickets', amount: 1240, category: 'transport', date: day(2), payers: [{ member_id: id.Clara }] }),
    await add({ description: 'Pastéis de nata', amount: 1099, category: 'food', date: day(2), payers: [{ member_id: id.Ben }], split: { type: 'shares', participants: [{ member_id: id.Anna, value: '2' }, { member_id: id.Ben, value: '1' }, { member_id: id.Clara, value: '1.5' }] } }),
    await add({ description: 'Surf lesson', amount: 12000, currency: 'USD', rate: '0.9213', category: 'activities', date: day(1), payers: [{ member_id: id.Anna }], split: { type: 'percentage', participants: [{ member_id: id.Anna, value: '40' }, { member_id: id.Dinesh, value: '60' }] }, note: 'Paid by card in dollars.' }),
    await add({ description: 'Deposit back', kind: 'income', amount: 5000, date: day(0), payers: [{ member_id: id.Anna }] }),
  ];
  await call('POST', `/events/${event.id}/payments`, { from_member_id: id.Dinesh, to_member_id: id.Ben, amount: 4000, date: day(0) }, access_token);
  return { event, id, made };
}

const pass = (event, memberId) => ({ link: event.link.token, role: 'admin', memberId });

async function remember(page, guests) {
  await page.goto(`${BASE}/mark.svg`);
  await page.evaluate(async (session) => {
    await new Promise((done, failed) => {
      const open = indexedDB.open('quits', 1);
      open.onupgradeneeded = () => { open.result.createObjectStore('writes', { keyPath: 'id' }); open.result.createObjectStore('things'); };
      open.onerror = failed;
      open.onsuccess = () => {
        const put = open.result.transaction('things', 'readwrite').objectStore('things').put(session, 'session');
        put.onsuccess = () => { open.result.close(); done(); };
      };
    });
  }, { user: null, isExpired: false, guests });
}

const trip = await lisbon();
const flat = await call('POST', '/events', { name: 'Flat 4B', currency: 'EUR', my_name: 'Anna', members: [{ name: 'Maximilian Alexander von und zu Hohenstein' }] });
const empty = await call('POST', '/events', { name: 'Ski trip', currency: 'CHF', my_name: 'Anna', members: [{ name: 'Ben' }] });
const annaIn = (event) => event.members.find((member) => member.name === 'Anna').id;
const guests = { [trip.event.id]: pass(trip.event, trip.id.Anna), [flat.id]: pass(flat, annaIn(flat)), [empty.id]: pass(empty, annaIn(empty)) };
const at = `/events/${trip.event.id}`;

const screens = {
  welcome: { path: '/', nobody: true },
  newevent: { path: '/events/new', nobody: true },
  register: { path: '/register', nobody: true },
  totp: { path: '/register', nobody: true, async act(page) { await page.getByLabel('Name').fill('Anna'); await page.getByLabel('E-mail').fill('anna@example.org'); await page.getByRole('button', { name: 'Go on' }).click(); await page.getByRole('img').waitFor(); } },
  signin: { path: '/sign-in', nobody: true },
  revoked: { path: '/join#nothing', nobody: true },
  join: { path: `/join#${flat.link.token}`, nobody: true },
  events: { path: '/events' },
  empty: { path: `/events/${empty.id}` },
  event: { path: at },
  balances: { path: `${at}/balances` },
  lines: { path: `${at}/balances`, async act(page) { await page.getByRole('button', { name: /^Anna/ }).click(); await page.getByRole('dialog').waitFor(); } },
  settle: { path: `${at}/settle` },
  even: { path: `/events/${empty.id}/settle` },
  paid: { path: `/events/${empty.id}/members` },
  activity: { path: `${at}/activity` },
  people: { path: `${at}/members` },
  member: { path: `${at}/members`, async act(page) { await page.getByRole('button', { name: /^Ben|BBen/ }).first().click(); await page.getByRole('dialog').waitFor(); } },
  invite: { path: `${at}/invite` },
  settings: { path: `${at}/settings` },
  detail: { path: `${at}/expenses/${trip.made[5].id}` },
  editor: { path: `${at}/expenses/new`, async act(page) { await page.getByLabel('Amount', { exact: true }).fill('47.50'); } },
  percent: { path: `${at}/expenses/${trip.made[5].id}/edit`, async act(page) { await page.getByLabel(/Dinesh: value/).fill('50'); } },
  more: { path: '/more' },
  waiting: { path: '/more/waiting' },
  offline: { path: at, worker: true, async act(page, context) {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Add expense' }).filter({ visible: true }).first().click();
    await page.getByLabel('Amount', { exact: true }).fill('12'); await page.getByLabel('Title').fill('Coffee');
    await page.getByRole('button', { name: 'Save' }).click(); await page.getByText('Coffee').waitFor(); } },
};

let complaints = 0;
function complain(...words) {
  complaints++;
  console.log(...words);
}

const browser = await launch();
for (const [form, viewport] of [['phone', { width: 390, height: 844 }], ['small', { width: 320, height: 640 }], ['desktop', { width: 1280, height: 800 }]]) {
  for (const colorScheme of ['light', 'dark']) {
    if (form === 'small' && colorScheme === 'dark') continue;
    if (only && !`${form}-${colorScheme}`.match(only.split(':')[1] ?? '')) continue;
    for (const [name, screen] of Object.entries(screens)) {
      if (only && !name.match(new RegExp(`^(${only.split(':')[0]})$`))) continue;
      const context = await browser.newContext({ viewport, colorScheme, locale: process.env.LOCALE ?? 'en-GB', deviceScaleFactor: 1, serviceWorkers: screen.worker ? 'allow' : 'block' });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log(name, 'PAGE ERROR', error.message));
      page.on('console', (message) => { if (message.type() === 'error') console.log(name, 'CONSOLE', message.text().slice(0, 200)); });
      try {
        if (!screen.nobody) await remember(page, guests);
        await page.goto(BASE + screen.path, { waitUntil: 'load' });
        await page.waitForLoadState('networkidle');
        await page.waitForTimeout(150);
        await screen.act?.(page, context);
        await page.waitForTimeout(350);
        await page.screenshot({ path: `${folder}/${name}-${form}-${colorScheme}.png`, fullPage: false });
        for (const line of await violations(page)) complain(name, form, colorScheme, line);
        for (const line of await smallTargets(page)) complain(name, form, colorScheme, `small: ${line}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (overflow > 0) complain(name, form, colorScheme, `scrolls sideways by ${overflow}`);
      } catch (reason) {
        console.log(name, form, colorScheme, String(reason).slice(0, 300));
        await page.screenshot({ path: `${folder}/${name}-${form}-${colorScheme}.png` });
      }
      await context.close();
    }
  }
}
await browser.close();
console.log(`${complaints} complaints`);
process.exitCode = complaints ? 1 : 0;
