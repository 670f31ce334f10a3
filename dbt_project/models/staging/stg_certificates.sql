{{ staged_snapshot(source('lake', 'certificates')) }}
