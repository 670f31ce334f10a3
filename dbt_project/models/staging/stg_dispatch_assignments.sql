{{ staged_snapshot(source('lake', 'dispatch_assignments')) }}
