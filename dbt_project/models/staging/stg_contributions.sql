{{ newest_event_rows(
    source('lake', 'contributions'),
    key=['employer_id', 'person_id', 'fee_month', 'pay_kind', 'voucher_no'],
    columns=[
        'employer_id',
        'person_id',
        'fee_month',
        'pay_kind',
        'voucher_no',
        'pay_base',
        'employer_due',
        'person_due',
        'employer_paid',
        'person_paid',
        'late_fee',
        'received_on',
    ]
) }}
