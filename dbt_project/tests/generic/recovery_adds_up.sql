{# The recovery ledger of the period adds up: opening + demanded − repaid − waived = closing, and what the balance says was demanded, repaid and
   waived so far is what the cases say. #}
{% test recovery_adds_up(model) %}

with balance as (
    select b.* from {{ model }} as b inner join {{ source('run', 'context') }} as c on b.period = c.period
),

cases as (
    select
        r.programme,
        sum(r.demanded - r.repaid - r.waived) as owed
    from {{ ref('recovery_cases') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
    group by r.programme
),

closing as (
    select
        programme,
        sum(closing) as closing
    from balance
    group by programme
)

select
    'a balance that does not add up' as fault,
    concat(region_code, ' ', programme, ' ', age_band) as place
from balance
where opening + demanded - repaid - waived <> closing or not_yet_demanded < 0

union all

select
    'cases and balance that do not meet' as fault,
    k.programme as place
from cases as k
left join closing as b on k.programme = b.programme
where coalesce(b.closing, 0) <> k.owed

{% endtest %}
