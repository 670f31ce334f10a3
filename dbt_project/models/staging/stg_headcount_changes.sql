{{ staged_events(source('lake', 'headcount_changes')) }}
