{{ staged_events(source('lake', 'programme_payments')) }}
