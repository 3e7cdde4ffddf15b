/** The real product for a test: embedded, on a free port, with a data folder of its own. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_WITHIN_MS = 90_000;

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Start it, unless QUITS_URL names one that runs; returns its address and how to stop it. */
export async function startProduct() {
  if (process.env.QUITS_URL) return { url: process.env.QUITS_URL, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'quits-e2e-'));
  const port = await freePort();
  const child = spawn(process.env.PYTHON ?? join(ROOT, '.venv/bin/python'), ['-m', 'quits', 'up'], {
    cwd: ROOT,
    env: { ...process.env, QUITS_PORT: String(port), QUITS_DATA_DIR: folder, QUITS_RATE_LIMITS: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const url = `http://localhost:${port}`;
  const started = Date.now();
  for (;;) {
    if (child.exitCode !== null || Date.now() - started > START_WITHIN_MS) throw new Error(`Quits did not start:\n${said}`);
    if (await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false)) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  const stop = async () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}
