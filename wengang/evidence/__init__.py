"""From a figure or a decision back to the files that arrived."""
