{{ staged_snapshots_by(source('lake', 'occupation_lists'), 'list_id') }}
