"""Train and score the compact sentence encoder."""
