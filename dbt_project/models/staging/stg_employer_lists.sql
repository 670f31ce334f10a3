{{ staged_snapshots_by(source('lake', 'employer_lists'), 'list_id') }}
