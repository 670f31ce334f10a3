{{ staged_events(source('lake', 'dispatch_agreements')) }}
