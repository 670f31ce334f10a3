-- Letters to write this month (催缴、责令退回), as the list may be passed round: persons masked, no accounts.
select
    c.period,
    l.letter_no,
    l.letter_kind,
    l.case_no,
    l.programme,
    l.reference_no,
    l.programme_year,
    l.region_code,
    l.employer_id,
    l.employer_name,
    {{ masked_id('l.person_id') }} as person_masked,
    l.amount,
    l.first_demanded_on,
    l.due_on,
    l.last_paid_on
from {{ ref('int_recovery_letters') }} as l
cross join {{ source('run', 'context') }} as c
order by l.letter_no
