{{ staged_events(source('lake', 'contributions')) }}
