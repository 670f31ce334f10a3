"""Pages and models written from code, and the demo. Not needed to run a month."""
