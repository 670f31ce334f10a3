{{ newest_event_rows(
    source('lake', 'programme_payments'),
    key=['batch_no', 'line_no'],
    columns=[
        'batch_no',
        'line_no',
        'programme',
        'programme_year',
        'payee_id',
        'on_behalf_of',
        'account_name',
        'account_no',
        'amount',
        'result',
        'return_reason',
        'paid_on',
    ]
) }}
