"""What the API and the pages share: who asks, errors, limits, and how it all is served."""
