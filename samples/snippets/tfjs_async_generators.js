async function* batches(n) {
  for (let i = 0; i < n; i++) { await new Promise(r => setTimeout(r, 5)); yield i * 2; }
  return 'end';
}
const later = async function* () { yield 1; yield* batches(2); };
(async () => {
  for await (const x of batches(3)) console.log('item', x);
  const it = later();
  console.log(await it.next(), (await it.next()).value, (await it.next()).value, await it.next());
  for await (const x of [Promise.resolve(1), 2]) console.log(x);
  const seen = [];
  for await (const x of later()) { if (x > 1) break; seen.push(x); }
  console.log(seen);
})();
console.log('first');
