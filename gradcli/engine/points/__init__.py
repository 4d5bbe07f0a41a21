"""What kind of points a run met: verdicts, vanishing gradients, numbers that are not finite."""
