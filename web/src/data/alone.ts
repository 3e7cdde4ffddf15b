/** Work that only one tab does at a time. */

/** Run `work` when no other tab runs work of this name. Without Web Locks (an insecure page) it runs at once. */
export async function alone<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  if (!('locks' in navigator)) return work();
  return (await navigator.locks.request(name, work)) as Result;
}
