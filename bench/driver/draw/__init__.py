"""Charts from tables and declarations: draw.py draws those of an experiment."""
