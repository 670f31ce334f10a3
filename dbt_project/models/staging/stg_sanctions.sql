{{ staged_snapshot(source('lake', 'sanctions')) }}
