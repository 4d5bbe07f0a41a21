const loss = tf.scalar(0.5);
document.getElementById('loss').innerText = loss.dataSync()[0];
