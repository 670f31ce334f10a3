{{ newest_snapshot_rows(
    source('lake', 'sanctions'),
    key=['uscc', 'listed_on'],
    columns=[
        'uscc',
        'listed_on',
        'removed_on',
        'reason',
    ]
) }}
