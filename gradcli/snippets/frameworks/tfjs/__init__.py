"""TensorFlow.js as snippets use it."""
