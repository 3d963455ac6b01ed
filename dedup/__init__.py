"""Pure functions over Arrow and NumPy that find copies and threads; the only datasketch."""
