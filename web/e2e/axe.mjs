/** Checks one page with axe; run by evaluation, because the page's own policy allows no foreign script. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Return what axe finds wrong, one line each. */
export async function violations(page) {
  await page.evaluate(source);
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`);
}

/** Return the targets smaller than 44 by 44 pixels, links within text left out. */
export async function smallTargets(page) {
  return page.evaluate(() => {
    const small = [];
    for (const element of document.querySelectorAll('a[href], button, input, select, textarea, [role="switch"]')) {
      const box = (element.closest('label') ?? element).getBoundingClientRect();
      const own = element.getBoundingClientRect();
      if (own.width === 0 || getComputedStyle(element).visibility === 'hidden' || element.closest('[aria-hidden="true"]')) continue;
      if (element.tagName === 'A' && getComputedStyle(element).display === 'inline') continue;
      if (Math.max(box.height, own.height) < 43.5 || Math.max(box.width, own.width) < 43.5) small.push(`${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.slice(0, 30)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return small;
  });
}
