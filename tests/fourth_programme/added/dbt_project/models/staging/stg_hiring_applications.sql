{{ staged_events(source('lake', 'hiring_applications')) }}
