"""What every layer stands on: the error root and canonical bytes."""
