{{ staged_events(source('lake', 'cross_checks')) }}
