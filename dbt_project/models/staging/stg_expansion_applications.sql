{{ staged_events(source('lake', 'expansion_applications')) }}
