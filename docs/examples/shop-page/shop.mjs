/**
 * A shop in which users spend their points. README.md says how to start it.
 *
 * An order is kept in the storage of the page from the click until its outcome is certain, with the idempotency key under which
 * it is paid: a page that was closed meanwhile pays it once, too.
 */
import { createClient, createSession, LoggedOut, Unavailable } from './client.js';

const PRICES = { sticker: 2, mug: 5 };

const VIEWER = 'query Viewer { viewer { user { id username } } }';

const url = element('meta[name=scrip-url]').content;
const session = createSession({ url });
const client = createClient({ url, credential: session });

/** Ends what the page does for the user who is logged in. */
let leaving = new AbortController();
let user;

element('#log-in').addEventListener('submit', (event) => {
  event.preventDefault();
  void logIn(new FormData(event.target));
});
element('#log-out').addEventListener('click', () => void logOut());
element('#try-again').addEventListener('click', () => void whileLoggedIn(payOrder));
for (const button of document.querySelectorAll('[data-product]')) {
  button.addEventListener('click', () => void whileLoggedIn(() => order(button.dataset.product)));
}
if (session.isLoggedIn()) void whileLoggedIn(open);
else showLogIn('');

async function logIn(form) {
  const error = await session.logIn({ username: form.get('username'), password: form.get('password') });
  if (error !== undefined) show(error.message);
  else await whileLoggedIn(open);
}

async function logOut() {
  await session.logOut();
  showLogIn('You are logged out.');
}

/** The client renews the session by itself. Once it has ended, the user logs in again and goes on with the same order. */
async function whileLoggedIn(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof LoggedOut) showLogIn('Your session has ended. Please log in again.');
    else if (error instanceof Unavailable) show('The shop is not available. Please reload the page later.');
    else show(error.message);
  }
}

/** Shows the shop, and the balance as it changes, whatever changes it. */
async function open() {
  const { data, errors } = await client.send(VIEWER);
  if (!data?.viewer?.user) throw new Error(errors?.[0]?.message ?? 'The shop is for users.');
  user = data.viewer.user;
  const { points, sequence } = (await client.balance({ id: user.id })) ?? { points: 0, sequence: 0 };
  element('#username').textContent = user.username;
  showPoints(points);
  element('#log-in').hidden = true;
  element('#shop').hidden = false;
  show('');
  leaving = new AbortController();
  void whileLoggedIn(() => followBalance(sequence, leaving.signal));
  await payOrder();
}

async function followBalance(after, signal) {
  for await (const { balanceAfter } of client.follow({ id: user.id }, { after, signal })) showPoints(balanceAfter);
}

async function order(product) {
  if (openOrder() === undefined) {
    const placed = { product, idempotencyKey: crypto.randomUUID() };
    localStorage.setItem(orderKey(), JSON.stringify(placed));
  }
  await payOrder();
}

/** The order of this user whose outcome is not certain yet. */
function openOrder() {
  return JSON.parse(localStorage.getItem(orderKey()) ?? 'null') ?? undefined;
}

/** Each user who logs in on this device has an order of their own. */
function orderKey() {
  return `order ${user.id}`;
}

async function payOrder() {
  const placed = openOrder();
  if (placed === undefined) return;
  const { product, idempotencyKey } = placed;
  setPaying(true);
  try {
    const outcome = await client.spend({
      user: { id: user.id },
      points: PRICES[product],
      reason: `a ${product}`,
      idempotencyKey,
    });
    localStorage.removeItem(orderKey());
    element('#try-again').hidden = true;
    show(outcome.kind === 'APPLIED' ? `Thank you. The ${product} is yours.` : describe(outcome.refusal, product));
  } catch (error) {
    element('#try-again').hidden = false;
    if (!(error instanceof Unavailable)) throw error;
    show(`It is not certain yet whether the ${product} was paid. Try again: it is paid once.`);
  } finally {
    setPaying(false);
  }
}

function describe({ message, extensions = {} }, product) {
  if (extensions.code === 'IDEMPOTENCY_KEY_CLOSED') return `The ${product} was not paid. Please buy it again.`;
  if (extensions.code !== 'INSUFFICIENT_POINTS') return message;
  return `A ${product} costs ${extensions.needed} points. You have ${extensions.available}.`;
}

function setPaying(isPaying) {
  element('#try-again').disabled = isPaying;
  const isOpen = openOrder() !== undefined;
  for (const button of document.querySelectorAll('[data-product]')) button.disabled = isPaying || isOpen;
}

function showLogIn(message) {
  leaving.abort();
  element('#shop').hidden = true;
  element('#log-in').hidden = false;
  element('#log-in').reset();
  show(message);
}

function showPoints(points) {
  element('#points').textContent = String(points);
}

function show(message) {
  element('#message').textContent = message;
}

function element(selector) {
  return document.querySelector(selector);
}
