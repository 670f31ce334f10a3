{{ staged_events(source('lake', 'benefit_payments')) }}
