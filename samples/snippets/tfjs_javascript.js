// comments /* inside */ and odd formatting
const grad1 = tf.grad(
  (x) => {
    return x
      .square()
      .mul(tf.scalar(3))
      .add(x.mul(2))
  }
)
;[1, 2, 3].forEach((v) => {
  const d = grad1(tf.scalar(v))
  console.log(`f'(${v}) = ${d.dataSync()[0]}`)
  console.log("value:", d.arraySync(), 'type', typeof d.arraySync())
})
const nums = Array.from({ length: 5 }, (_, i) => i * 0.5)
const slopes = nums.map(n => grad1(tf.scalar(n)).dataSync()[0])
console.log(slopes)
console.log(slopes.map(s => s.toFixed(2)).join(' | '))
const table = nums.reduce((acc, n, i) => ({ ...acc, [n]: slopes[i] }), {})
console.log(table)
console.log(Math.max(...slopes), Math.min.apply(null, slopes))
let total = 0
for (const s of slopes) total += s
console.log('total', total, total / slopes.length)
let i = 0
while (true) { if (++i > 3) break; if (i === 2) continue; console.log(i) }
console.log(0.1 + 0.2, 1 / 3, 1e21, 2 ** 53, -7 % 3, 7 / 2 | 0, 5 & 3, ~5, 1 << 4, -1 >>> 0)
console.log('5' * 2, '5' + 2, +'3.5', !!'', null ?? 'd', undefined?.x, [] + [], [1] == 1)
console.log(parseInt('42px'), parseFloat('3.14abc'), Number('x'), (255).toString(16), (0.000001234).toString())
console.log([3, 1, 10].sort(), [3, 1, 10].sort((a, b) => a - b), 'a,b'.split(','), 'abc'.toUpperCase())
console.log([..."hey"], { a: 1, 'b-c': [1, 2, { d: null }] }, [undefined, , 3].length)
console.log(isNaN(NaN), Number.isInteger(4), [1, [2, [3]]].flat(Infinity), 'x'.padStart(3, '-') + '|')
switch (i) { case 1: console.log('one'); break; case 4: console.log('four'); default: console.log('fall') }
function outer() { let count = 0; return () => ++count }
const counter = outer(); counter(); console.log(counter())
const {a, b: {c = 5, ...rest} = {}} = {a: 1, b: {d: 2, e: 3}}
console.log(a, c, rest)
console.log([1,2,3].includes(2), [1,2,3].indexOf(4), Object.assign({}, {x: 1}, {y: 2}))
console.log(typeof undefinedName, typeof null, typeof (() => 1), typeof 'a', typeof 1, typeof true)
for (const q of [1]) console.log(q)
