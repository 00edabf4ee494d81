"""What the archives service is handed of a closed case: a bag of all its files, facts and proofs, and its manifests."""
