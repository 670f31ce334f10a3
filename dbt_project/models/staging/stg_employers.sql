{{ staged_region_snapshots(source('lake', 'employers')) }}
