{{ newest_event_rows(
    source('lake', 'notice_objections'),
    key=['programme', 'subject_id', 'raised_on'],
    columns=[
        'programme',
        'subject_id',
        'raised_on',
        'content',
        'resolved_on',
        'outcome',
    ]
) }}
