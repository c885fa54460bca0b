"""Square, the built-in platform: public accounts, their posts, third-party apps, and readers who follow."""
