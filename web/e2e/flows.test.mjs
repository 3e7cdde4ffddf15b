/** What people do, from end to end, in a real browser against the real product. `npm run e2e` */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, call, launch, useServer } from './browser.mjs';
import { startProduct } from './server.mjs';
import { nextCode, totp } from './totp.mjs';

let browser;
let product;
const contexts = [];

before(async () => {
  product = await startProduct();
  useServer(product.url);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

async function person(options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => assert.fail(`the page failed: ${error.message}`));
  return { context, page };
}

const open = (page, path) => page.goto(BASE + path, { waitUntil: 'load' });
const button = (page, name, exact = true) => page.getByRole('button', { name, exact });
const link = (page, name) => page.getByRole('link', { name, exact: true }).filter({ visible: true }).first();

const adding = (page) => page.getByRole('link', { name: /^Add (the first )?expense$/ }).filter({ visible: true }).first();

async function until(isTrue, what) {
  for (let tries = 0; tries < 150; tries++) {
    if (await isTrue()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`did not come true: ${what}`);
}

/** An event without any account, and the browser of the one who made it. */
async function newEvent({ me = 'Anna', others = ['Ben', 'Cleo'], ...options } = {}) {
  const { context, page } = await person(options);
  const event = await call('POST', '/events', { name: 'Lisbon', currency: 'EUR', my_name: me, members: others.map((name) => ({ name })) });
  await open(page, `/join#${event.link.token}`);
  await page.getByRole('button', { name: me }).click();
  await page.getByRole('heading', { name: 'Lisbon' }).waitFor();
  const ids = Object.fromEntries(event.members.map((member) => [member.name, member.id]));
  const { access_token: token } = await call('POST', '/auth/guest', { link: event.link.token, member_id: ids[me] });
  const at = `/events/${event.id}`;
  const expenses = async () => (await call('GET', `${at}/expenses`, null, token)).items;
  return { context, page, event, ids, token, at, expenses };
}

async function addExpense(page, amount, title) {
  await adding(page).click();
  await page.getByLabel('Amount', { exact: true }).fill(amount);
  await page.getByLabel('Title').fill(title);
  await button(page, 'Save').click();
  await page.getByText(title, { exact: true }).waitFor();
}

test('register, sign out, sign in', async () => {
  const { page } = await person();
  await open(page, '/');
  await link(page, 'Make an account').click();
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('E-mail').fill(`anna.${Date.now()}@example.org`);
  const email = await page.getByLabel('E-mail').inputValue();
  await button(page, 'Go on').click();
  const secret = await page.locator('[data-secret]').getAttribute('data-secret');
  await page.getByLabel('Six digits').fill('000000');
  await page.getByText('The code is wrong').waitFor();
  const used = totp(secret);
  await page.getByLabel('Six digits').fill(used);
  await page.getByText('Your account is ready.').waitFor();
  assert.equal(await page.getByRole('listitem').filter({ hasText: /^[a-zA-Z0-9-]{8,}$/ }).count(), 10);
  await button(page, 'I have kept them').click();
  await page.getByText('No event yet').waitFor();
  await page.reload();
  await page.getByText('No event yet').waitFor();
  await link(page, 'More').click();
  await button(page, 'Sign out').click();
  await link(page, 'I have an account').click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Six digits').fill(await nextCode(secret, used));
  await page.getByText('No event yet').waitFor();
});

test('an event with a guest, by link', async () => {
  const { page, context } = await person();
  await open(page, '/');
  await link(page, 'Start an event').click();
  await page.getByLabel('Name', { exact: false }).first().fill('Cabin');
  await page.getByLabel('Your name in this event').fill('Anna');
  await page.getByLabel('Name of person 2').fill('Ben');
  await button(page, 'Make the event').click();
  await page.getByRole('heading', { name: 'Cabin' }).waitFor();
  await link(page, 'People').click();
  await link(page, 'Invite by link').click();
  const url = await page.getByLabel('Link', { exact: true }).inputValue();
  assert.match(url, /\/join#[\w-]{40,}$/);
  const guest = await person();
  await guest.page.goto(url);
  await guest.page.getByRole('button', { name: 'Ben' }).click();
  await addExpense(guest.page, '30', 'Wood');
  await open(page, new URL(page.url()).pathname.replace('/invite', ''));
  await page.getByText('Wood').waitFor();
  await page.getByText('Ben paid').waitFor();
  await context.close();
});

test('an expense takes three taps', async () => {
  const { page, expenses, ids } = await newEvent();
  await page.evaluate(() => { window.taps = 0; addEventListener('click', () => window.taps++, true); });
  await adding(page).click();
  await page.locator('#amount:focus').waitFor();
  await page.keyboard.type('47.50');
  await page.getByLabel('Title').click();
  await page.keyboard.type('Dinner');
  await button(page, 'Save').click();
  await page.getByText('Dinner', { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => window.taps), 3);
  await until(async () => (await expenses()).length === 1, 'the expense arrives');
  const [saved] = await expenses();
  assert.deepEqual([saved.amount, saved.payers[0].member_id, saved.shares.length], [4750, ids.Anna, 3]);
});

test('every split type: the preview is what the server says', async () => {
  const { page, expenses } = await newEvent();
  const kinds = [
    ['Equally', {}], ['Exact', { Anna: '50', Ben: '30.01', Cleo: '19.99' }], ['Percent', { Anna: '33.34', Ben: '33.33', Cleo: '33.33' }],
    ['Parts', { Anna: '2', Ben: '0.5', Cleo: '1' }], ['Plus/minus', { Anna: '-5', Ben: '10.02' }],
  ];
  for (const [kind, values] of kinds) {
    await adding(page).click();
    await page.getByLabel('Amount', { exact: true }).fill('100');
    await page.getByLabel('Title').fill(kind);
    await page.getByRole('radio', { name: kind }).check();
    for (const [name, value] of Object.entries(values)) await page.getByLabel(new RegExp(`^${name}: value`)).fill(value);
    const shown = await page.locator('[data-share]').allInnerTexts();
    await button(page, 'Save').click();
    await page.getByRole('link', { name: new RegExp(kind.replace('/', '.')) }).waitFor();
    await until(async () => (await expenses()).some((each) => each.description === kind), `${kind} arrives`);
    const saved = (await expenses()).find((each) => each.description === kind);
    const amounts = shown.map((text) => Math.round(Number(text.replace(/[^\d.-]/g, '')) * 100));
    assert.deepEqual([...amounts].sort(), saved.shares.map((share) => share.amount).sort(), kind);
  }
});

test('several payers, another currency, an income', async () => {
  const { page, expenses, ids } = await newEvent();
  await adding(page).click();
  await page.getByLabel('Amount', { exact: true }).fill('120');
  await page.getByLabel('Currency of the amount').selectOption('USD');
  assert.ok(await button(page, 'Save').isDisabled());
  await page.getByLabel('Rate: 1 USD in EUR').fill('0.9213');
  await page.getByRole('switch', { name: 'Several paid' }).click();
  await page.locator(`#payer-${ids.Ben}`).fill('20');
  assert.ok(await button(page, 'Save').isDisabled());
  await page.locator(`#payer-${ids.Anna}`).fill('100');
  await page.getByLabel('Title').fill('Surfing');
  await button(page, 'Save').click();
  await until(async () => (await expenses()).length === 1, 'it arrives');
  const [saved] = await expenses();
  assert.deepEqual([saved.currency, saved.amount, saved.event_amount, saved.payers.length], ['USD', 12000, 11056, 2]);
  await page.getByRole('link', { name: /Surfing/ }).click();
  await link(page, 'Change').click();
  await page.getByLabel('Currency of the amount').selectOption('EUR');
  await button(page, 'Save').click();
  await until(async () => (await expenses())[0].currency === 'EUR', 'it is changed');
  assert.equal((await expenses())[0].event_amount, 12000);
});

test('settle to zero, and undo', async () => {
  const { page, at, token, event } = await newEvent();
  await addExpense(page, '90', 'Hotel');
  await link(page, 'Settle up').click();
  await page.getByText('2 payments settle everything.').waitFor();
  await button(page, 'Mark as paid').first().click();
  await button(page, 'Undo').click();
  await until(async () => (await button(page, 'Mark as paid').count()) === 2, 'it is back');
  await button(page, 'Mark as paid').first().click();
  await button(page, 'Mark as paid').first().click();
  await page.getByRole('heading', { name: 'Everybody is quits' }).waitFor();
  await until(async () => (await call('GET', `/events/${event.id}/settlement`, null, token)).transfers.length === 0, 'nothing is left');
  const { balances } = await call('GET', `${at}/balances`, null, token);
  assert.deepEqual(balances.map((each) => each.balance), [0, 0, 0]);
});

test('delete and undo, in place', async () => {
  const { page, expenses } = await newEvent();
  await addExpense(page, '9', 'Tea');
  await page.getByRole('link', { name: /Tea/ }).click();
  await button(page, 'Delete').click();
  await page.getByText('“Tea” deleted').waitFor();
  await until(async () => (await expenses()).length === 0, 'it is gone');
  await button(page, 'Undo').click();
  await page.getByRole('link', { name: /Tea/ }).waitFor();
  await until(async () => (await expenses()).length === 1, 'it is back');
});

test('offline: what is added waits, and arrives once', async () => {
  const { page, context, expenses } = await newEvent();
  await serviceWorker(page);
  await context.setOffline(true);
  for (const title of ['One', 'Two', 'Three']) await addExpense(page, '6', title);
  await page.getByText('3 changes are waiting').waitFor();
  await page.getByText('You are owed').waitFor();
  assert.match(await page.locator('p[data-sign]').innerText(), /12\.00/);
  await page.reload();
  await page.getByText('Three', { exact: true }).waitFor();
  await context.setOffline(false);
  await until(async () => (await expenses()).length === 3, 'they arrive');
  await page.getByText('changes are waiting').waitFor({ state: 'detached' });
  assert.deepEqual((await expenses()).map((each) => each.description).sort(), ['One', 'Three', 'Two']);
});

async function serviceWorker(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await adding(page).waitFor();
}

test('cold start without a connection', async () => {
  const { page, context, at } = await newEvent();
  await addExpense(page, '6', 'Bread');
  await serviceWorker(page);
  await page.waitForTimeout(1_300);
  await page.close();
  await context.setOffline(true);
  const again = await context.newPage();
  await again.goto(`${BASE}${at}`);
  await again.getByText('Bread').waitFor();
  await again.getByText('No connection').waitFor();
});

test('two tabs offline, both closed, reopened: each write arrives once', async () => {
  const { page, context, at, expenses } = await newEvent();
  await serviceWorker(page);
  const second = await context.newPage();
  await second.goto(BASE + at);
  await adding(second).waitFor();
  await context.setOffline(true);
  await addExpense(page, '1', 'A1');
  await addExpense(second, '2', 'B1');
  await addExpense(page, '3', 'A2');
  await addExpense(second, '4', 'B2');
  await page.close();
  await second.close();
  await context.setOffline(false);
  const [third, fourth] = [await context.newPage(), await context.newPage()];
  await Promise.all([third.goto(BASE + at), fourth.goto(BASE + at)]);
  await until(async () => (await expenses()).length === 4, 'they arrive');
  await new Promise((done) => setTimeout(done, 1_000));
  assert.deepEqual((await expenses()).map((each) => each.description).sort(), ['A1', 'A2', 'B1', 'B2']);
});

test('a lost answer and two times 503: written once', async () => {
  const { page, expenses } = await newEvent({ serviceWorkers: 'block' });
  let attempts = 0;
  await page.route('**/expenses', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    attempts++;
    if (attempts === 1) {
      await route.fetch();
      return route.abort();
    }
    if (attempts < 4) return route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","detail":"away"}' });
    return route.continue();
  });
  await addExpense(page, '5', 'Coffee');
  await until(() => attempts === 4, 'it is tried until it is answered');
  await page.getByLabel('Waiting to be sent').waitFor({ state: 'detached' });
  assert.equal((await expenses()).length, 1);
});

test('an event can be taken along, and shows who did what', async () => {
  const { page, at } = await newEvent();
  await addExpense(page, '7', 'Lamp');
  await page.getByLabel('Waiting to be sent').waitFor({ state: 'detached' });
  await link(page, 'Activity').click();
  await page.getByText('wrote down an expense “Lamp”').waitFor();
  await open(page, `${at}/settings`);
  const saved = page.waitForEvent('download');
  await button(page, 'CSV').click();
  assert.equal((await saved).suggestedFilename(), 'Lisbon.csv');
});

test('what the server refuses is shown, and can be discarded', async () => {
  const { page } = await newEvent({ serviceWorkers: 'block' });
  await page.route('**/expenses', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 422, contentType: 'application/problem+json', body: '{"code":"invalid","detail":"No.","errors":[{"field":"amount","message":"Too odd."}]}' }) : route.continue());
  await addExpense(page, '5', 'Odd');
  await page.getByText('1 change was refused.').waitFor();
  await link(page, 'Look at it').click();
  await page.getByText('Too odd.').waitFor();
  await button(page, 'Discard').click();
  await page.getByText('Nothing is waiting').waitFor();
});

test('a revoked link says so', async () => {
  const { event, token, at } = await newEvent();
  const made = await call('POST', `${at}/link`, { role: 'editor' }, token);
  const { page } = await person();
  await open(page, `/join#${made.token}`);
  await page.getByRole('button', { name: 'Ben' }).click();
  await page.getByRole('heading', { name: 'Lisbon' }).waitFor();
  await call('DELETE', `${at}/link?role=editor`, null, token);
  await page.reload();
  await page.getByText('This link was revoked').waitFor();
  const other = await person();
  await open(other.page, `/join#${made.token}`);
  await other.page.getByText('This link was revoked').waitFor();
  assert.ok(event.id);
});

test('with the keyboard alone', async () => {
  const { page, expenses } = await newEvent({ viewport: { width: 1280, height: 800 } });
  await page.keyboard.press('n');
  await page.getByLabel('Amount', { exact: true }).waitFor();
  await page.keyboard.type('12.34');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Keys');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /Keys/ }).waitFor();
  await until(async () => (await expenses()).length === 1, 'it arrives');
  await page.keyboard.press('/');
  await page.keyboard.type('nothing like it');
  await page.getByText('Nothing found').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await page.waitForURL(/\/events$/);
});

test('an expired session pauses what waits, and signing in sends it', async () => {
  const { page, context } = await person();
  const email = `paused.${Date.now()}@example.org`;
  const password = 'correct horse battery';
  await open(page, '/register');
  await page.getByLabel('Name').fill('Anna');
  await page.getByLabel('E-mail').fill(email);
  await button(page, 'Set a password as well').click();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, 'Go on').click();
  const secret = await page.locator('[data-secret]').getAttribute('data-secret');
  await page.getByLabel('Six digits').fill(totp(secret));
  await button(page, 'I have kept them').click();
  await link(page, 'New event').click();
  await page.getByLabel('Name', { exact: false }).first().fill('Flat');
  await page.getByLabel('Name of person 2').fill('Ben');
  await button(page, 'Make the event').click();
  await page.getByRole('heading', { name: 'Flat' }).waitFor();
  await serviceWorker(page);
  await context.setOffline(true);
  await addExpense(page, '8', 'Soap');
  const elsewhere = await call('POST', '/auth/login', { email, password });
  await context.setOffline(false);
  await page.getByText('You were signed out.').waitFor();
  await link(page, 'More').click();
  await page.getByText('1 change', { exact: true }).waitFor();
  await button(page, 'Sign out').click();
  await page.getByRole('dialog').waitFor();
  await button(page, 'Stay signed in').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await link(page, 'Sign in').click();
  await button(page, 'Use a password').click();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, 'Sign in').click();
  await page.getByText('Flat').click();
  await page.getByText('Soap').waitFor();
  await page.getByLabel('Waiting to be sent').waitFor({ state: 'detached' });
  assert.ok(elsewhere.access_token);
});

test('in German', async () => {
  const { page } = await newEvent({ locale: 'de-DE' }).catch(() => ({ page: null })) ?? {};
  assert.ok(page, 'the event opens');
  await link(page, 'Erste Ausgabe eintragen').click();
  await page.getByLabel('Betrag', { exact: true }).fill('1.234,50');
  await page.getByLabel('Titel').fill('Hütte');
  await button(page, 'Speichern').click();
  await page.getByText('1.234,50').first().waitFor();
});
