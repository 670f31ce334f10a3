{{ config(tags=['report']) }}
-- Parameters in force on the period's last day, with the days that are left of them.
select
    p.parameter,
    p.value,
    try_cast(p.value as decimal(18, 6)) as number,
    p.basis,
    p.valid_to,
    p.carried_forward,
    p.document_id,
    p.article,
    {{ days_between('c.period_end', 'p.valid_to') }} as days_left
from {{ source('policy', 'parameters') }} as p
inner join {{ source('run', 'context') }} as c on c.period_end between p.valid_from and p.valid_to
