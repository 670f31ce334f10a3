-- Letters to write this month, with who answers for the money and the account it went to.
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
    l.person_id,
    l.amount,
    l.demanded,
    l.repaid,
    l.first_demanded_on,
    l.due_on,
    l.last_paid_on,
    l.account_name,
    l.account_no
from {{ ref('int_recovery_letters') }} as l
cross join {{ source('run', 'context') }} as c
order by l.letter_no
