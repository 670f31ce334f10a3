{{ staged_snapshot(source('lake', 'enterprise_size')) }}
