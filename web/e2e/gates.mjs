/** Measures the built app: what a first visit loads, and the largest part that is loaded later. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const KIB = 1024;
const LIMITS = { 'JavaScript of the first load': 150, 'CSS of the first load': 20, 'largest later part': 70 };

const sizeOf = (name) => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length;
const page = readFileSync(join(DIST, 'index.html'), 'utf8');
const linked = [...page.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);

/** What a script imports at once, with all that follows from it. */
function withImports(names) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (!name.endsWith('.js')) return;
    const text = readFileSync(join(DIST, name), 'utf8');
    for (const match of text.matchAll(/(?:^|[;}\s])(?:import|export)(?:[^'"()]*?from)?\s*["']\.\/([^"']+\.js)["']/g)) visit(`assets/${match[1]}`);
  };
  names.forEach(visit);
  return [...seen];
}

const all = readdirSync(join(DIST, 'assets')).map((name) => `assets/${name}`);
const first = withImports(linked);
// The language is loaded by name, but no screen shows without it.
first.push(...all.filter((name) => /\/en-[^/]+\.js$/.test(name)));
const sum = (names) => names.reduce((total, name) => total + sizeOf(name), 0);
const later = all.filter((name) => name.endsWith('.js') && !first.includes(name));
const measured = {
  'JavaScript of the first load': sum(first.filter((name) => name.endsWith('.js'))),
  'CSS of the first load': sum(first.filter((name) => name.endsWith('.css'))),
  'largest later part': Math.max(...later.map((name) => sum(withImports([name]).filter((each) => !first.includes(each))))),
};
let isGood = true;
for (const [what, limit] of Object.entries(LIMITS)) {
  const kib = measured[what] / KIB;
  isGood &&= kib <= limit;
  console.log(`${kib <= limit ? 'ok  ' : 'OVER'} ${what}: ${kib.toFixed(1)} KiB gzip, at most ${limit}`);
}
process.exit(isGood ? 0 : 1);
