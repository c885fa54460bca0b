"""Posts in from files, findings out to files, in one process or several, in the order of the posts."""
