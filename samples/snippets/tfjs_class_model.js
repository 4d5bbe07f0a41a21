class Model {
  constructor(sizes) {
    this.layers = sizes.slice(1).map((n, i) => ({
      w: tf.variable(tf.fill([sizes[i], n], 0.1 * (i + 1)), true, `w${i}`),
      b: tf.variable(tf.zeros([n]), true, `b${i}`),
    }));
  }

  predict(x) {
    const last = this.layers.length - 1;
    return this.layers.reduce((h, {w, b}, i) => {
      const z = h.matMul(w).add(b);
      return i < last ? z.tanh() : z;
    }, x);
  }

  loss(x, y) {
    return tf.losses.meanSquaredError(y, this.predict(x));
  }

  get size() {
    return this.layers.map(({w, b}) => w.size + b.size).reduce((a, b) => a + b);
  }

  static of(...sizes) {
    return new Model(sizes);
  }
}

const model = Model.of(2, 3, 1);
console.log('parameters:', model.size);
const x = tf.tensor2d([[0, 1], [1, 0], [1, 1]]);
const y = tf.tensor2d([[1], [1], [0]]);
const {value, grads} = tf.variableGrads(() => model.loss(x, y));
console.log('loss', value.dataSync()[0].toFixed(6));
for (const name in grads) {
  console.log(name, grads[name].shape);
  grads[name].print();
}
