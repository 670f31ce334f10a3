{{ config(tags=['report']) }}
{% set measures = ['persons', 'new_persons', 'stopped_persons', 'months', 'amount'] %}
-- Living benefits by unit and kind, by the day of payment. A person counts once in each unit, and once in the province.
with paid as (
    select
        {{ report_unit('b.region_code') }} as reporting_unit,
        b.benefit_kind,
        b.person_id,
        b.amount,
        b.paid_on >= c.period as is_this_month,
        b.paid_on >= {{ add_months('c.period', -1) }} and b.paid_on < c.period as is_last_month,
        year(b.paid_on) = c.year as is_this_year
    from {{ ref('stg_benefit_payments') }} as b
    inner join {{ source('run', 'context') }} as c
        on b.paid_on <= c.period_end and (b.paid_on >= {{ add_months('c.period', -1) }} or year(b.paid_on) = c.year)
    left join {{ ref('regions') }} as r on b.region_code = r.region_code
    where b.result = 'paid'
),

persons as (
    select
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        case when grouping(benefit_kind) = 1 then 'none' else 'benefit_kind' end as dimension,
        case when grouping(benefit_kind) = 1 then '' else benefit_kind end as dimension_value,
        person_id,
        max(case when is_this_month then 1 else 0 end) as now_paid,
        max(case when is_last_month then 1 else 0 end) as was_paid,
        max(case when is_this_year then 1 else 0 end) as paid_in_year,
        sum(case when is_this_month then 1 else 0 end) as months,
        sum(case when is_this_year then 1 else 0 end) as months_year,
        sum(case when is_this_month then amount else 0 end) as amount,
        sum(case when is_this_year then amount else 0 end) as amount_year
    from paid
    group by grouping sets (
        (reporting_unit, benefit_kind, person_id), (reporting_unit, person_id), (benefit_kind, person_id), (person_id)
    )
),

sums as (
    select
        reporting_unit,
        dimension,
        dimension_value,
        sum(now_paid) as persons,
        sum(paid_in_year) as persons_year,
        sum(case when now_paid = 1 and was_paid = 0 then 1 else 0 end) as new_persons,
        sum(case when now_paid = 0 and was_paid = 1 then 1 else 0 end) as stopped_persons,
        sum(months) as months,
        sum(months_year) as months_year,
        sum(amount) as amount,
        sum(amount_year) as amount_year
    from persons
    group by reporting_unit, dimension, dimension_value
)

{{ report_rows('benefits', 'sums', measures, without_year=['new_persons', 'stopped_persons']) }}
