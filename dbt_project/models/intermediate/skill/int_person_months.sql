with persons as (
    select person_id from {{ ref('stg_skill_applications') }}
    union
    select person_id from {{ ref('stg_benefit_claims') }}
    union
    select person_id from {{ ref('stg_benefit_payments') }}
),

live as (
    {{ contribution_rows('persons', ['person_id']) }}
)

select
    r.person_id,
    r.employer_id,
    r.fee_month,
    cast({{ person_month_due() }} as decimal(18, 2)) as due,
    cast(sum(case when r.received_on <= c.period_end then r.person_paid else 0 end) as decimal(18, 2)) as person_received,
    max(case when {{ is_insured_row() }} then 1 else 0 end) = 1 as insured
from live as r
cross join {{ source('run', 'context') }} as c
group by r.person_id, r.employer_id, r.fee_month
