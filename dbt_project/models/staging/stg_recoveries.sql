{{ staged_events(source('lake', 'recoveries')) }}
