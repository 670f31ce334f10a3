{{ newest_snapshot_rows(
    source('lake', 'dispatch_assignments'),
    key=['dispatch_employer_id', 'person_id', 'start_month'],
    columns=[
        'dispatch_employer_id',
        'person_id',
        'start_month',
        'end_month',
        'user_uscc',
        'user_name',
        'user_unit_type',
        'cost_bearer',
    ]
) }}
