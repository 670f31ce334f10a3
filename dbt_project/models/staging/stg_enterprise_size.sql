{{ newest_snapshot_rows(
    source('lake', 'enterprise_size'),
    key=['uscc', 'data_year'],
    columns=[
        'uscc',
        'data_year',
        'staff',
        'revenue_10k',
        'assets_10k',
        'filed_size',
        'parent_uscc',
    ]
) }}
