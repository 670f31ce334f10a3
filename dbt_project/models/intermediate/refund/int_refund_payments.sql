{{ config(materialized='view') }}

-- The bank's lines of refunds known at the period's end, by the unit whose decision they carry out.
select
    p.programme_year,
    coalesce(p.on_behalf_of, p.payee_id) as employer_id,
    p.payee_id,
    p.on_behalf_of is not null as is_on_behalf,
    p.batch_no,
    p.line_no,
    p.amount,
    p.result,
    p.return_reason,
    p.paid_on
from {{ ref('stg_programme_payments') }} as p
inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
where p.programme = 'refund'
