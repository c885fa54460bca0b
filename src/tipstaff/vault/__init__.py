"""What is kept beside the ledger, under a key for each subject: the values that commitments stand for."""
