{{ staged_snapshots_by(source('lake', 'employers'), 'region_code') }}
