"""What is done to a lake as it grows old: merging, retention, taking down."""
