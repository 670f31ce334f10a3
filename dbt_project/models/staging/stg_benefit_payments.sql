{{ newest_event_rows(
    source('lake', 'benefit_payments'),
    key=['payment_no'],
    columns=[
        'payment_no',
        'claim_no',
        'person_id',
        'benefit_month',
        'benefit_kind',
        'amount',
        'paid_on',
        'region_code',
        'account_no',
        'result',
    ]
) }}
