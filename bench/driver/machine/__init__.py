"""What it is asked of: this machine, its limits, its noise."""
