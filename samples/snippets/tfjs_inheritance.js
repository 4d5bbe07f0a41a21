class Linear {
  constructor(inF, outF) {
    this.W = tf.variable(tf.ones([inF, outF]).mul(0.5));
    this.b = tf.variable(tf.zeros([outF]));
  }
  forward(x) { return tf.add(tf.matMul(x, this.W), this.b); }
  get params() { return [this.W, this.b]; }
}
class MLP extends Linear {
  activation = 'tanh';
  constructor(...sizes) {
    super(sizes[0], sizes[1]);
    this.second = new Linear(sizes[1], sizes[2]);
  }
  forward(x) {
    const h = super.forward(x)[this.activation]();
    return this.second.forward(h);
  }
  get params() { return [...super.params, ...this.second.params]; }
  toString() { return `MLP(${this.params.length})`; }
}
const net = new MLP(2, 2, 1);
console.log(`${net}`, net instanceof Linear, net.constructor.name);
const x = tf.tensor2d([[1, 2], [3, -4]]);
const target = tf.tensor2d([[1], [0]]);
const lossFn = () => net.forward(x).sub(target).square().mean();
const g = tf.variableGrads(lossFn, net.params);
console.log(Object.keys(g.grads).length);
for (const [name, t] of Object.entries(g.grads)) { console.log(name, t.shape); t.print(); }
g.value.print();
console.log(g.value.dataSync());
