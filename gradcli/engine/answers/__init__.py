"""Answers to questions: gradients, matrices, recordings, checks."""
