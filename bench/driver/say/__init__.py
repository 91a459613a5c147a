"""Words: names, numbers, sentences, and the end of a run on a terminal."""
