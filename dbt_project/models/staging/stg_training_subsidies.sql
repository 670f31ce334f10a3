{{ staged_events(source('lake', 'training_subsidies')) }}
