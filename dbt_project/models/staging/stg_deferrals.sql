{{ staged_events(source('lake', 'deferrals')) }}
