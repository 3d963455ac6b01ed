"""The way of a run into the lake: work folder, seal, publication; one writer at a time."""
