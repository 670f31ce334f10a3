{{ newest_event_rows(
    source('lake', 'dispatch_agreements'),
    key=['dispatch_employer_id', 'programme_year'],
    columns=[
        'dispatch_employer_id',
        'programme_year',
        'applied_on',
        'allocation_confirmed',
    ]
) }}
