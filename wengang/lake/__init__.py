"""What was delivered and what of it is in force."""
