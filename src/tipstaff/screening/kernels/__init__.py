"""The inner loops, compiled by Numba: each takes arrays and returns arrays, and releases the GIL."""
