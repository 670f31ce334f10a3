"""What the tasks of the DAGs do; the work itself lies in the steps."""
