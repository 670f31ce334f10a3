{{ newest_event_rows(
    source('lake', 'fund_ledger'),
    key=['region_code', 'month', 'item'],
    columns=[
        'region_code',
        'month',
        'item',
        'amount',
    ]
) }}
