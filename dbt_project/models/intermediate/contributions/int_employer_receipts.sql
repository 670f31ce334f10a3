-- Only some provinces, cities or kinds of unit count premium by the day it was received; where none does, nobody need pay for this pass.
with live as (
    select
        c.*,
        row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
    from {{ source('lake', 'contributions') }} as c
    where
        {{ is_ever('contribution_basis', 'receipt_date') }}
)

select
    employer_id,
    fee_month,
    cast(year(received_on) as integer) as received_year,
    cast(sum(employer_paid + person_paid) as decimal(18, 2)) as received
from live
cross join {{ source('run', 'context') }}
where _version = 1 and is_valid and received_on <= period_end
group by employer_id, fee_month, cast(year(received_on) as integer)
