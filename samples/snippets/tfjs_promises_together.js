const sleep = (ms, v) => new Promise(resolve => setTimeout(() => resolve(v), ms));
Promise.race([sleep(5, 'fast'), sleep(50, 'slow')]).then(console.log).finally(() => console.log('end'));
Promise.allSettled([Promise.reject(new Error('no')), 1, sleep(10, 2)]).then(r => console.log(r.map(x => x.status), r[1], r[2].value, r[0].reason.message));
Promise.race([Promise.reject(new Error('lost')), sleep(1, 1)]).catch(e => console.log('caught', e.message));
Promise.all([sleep(3, 'a'), 2]).then(console.log);
Promise.allSettled([]).then(console.log);
console.log('first');
