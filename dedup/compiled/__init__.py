"""The compiled kernels, and the one place that knows numba."""
