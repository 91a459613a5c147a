"""What the runs amount to: pure functions from runs to figures."""
