// Order of what happens later.
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const x = tf.tensor1d([1, 2]);

x.data().then(d => console.log('data', d));
x.array().then(a => console.log('array', a));
setTimeout(() => console.log('timeout 0'), 0);
Promise.resolve(1).then(v => { console.log('then', v); return v + 1; }).then(v => console.log('then', v));

const report = async (name, ms) => {
  console.log(name, 'begins');
  await sleep(ms);
  console.log(name, 'ends');
  return name;
};

(async () => {
  const names = await Promise.all([report('a', 20), report('b', 10)]);
  console.log(names);
  try {
    await Promise.reject(new Error('refused'));
  } catch (e) {
    console.log('caught', e.message);
  } finally {
    console.log('finally');
  }
  for await (const v of [1, sleep(1).then(() => 2)]) console.log(v);
})();
console.log('sync');
