-- What was owed when the month began, what came to it and what was settled, by the age of the case at the period's end; and what is recoverable
-- and was never demanded, by the age of the last payment.
with cases as (
    select
        r.case_no,
        max(r.region_code) as region_code,
        max(r.programme) as programme,
        {{ recovery_age_band(days_between("min(case when r.kind = 'demand' then r.on_date end)", 'max(c.period_end)')) }} as age_band
    from {{ ref('int_recovery_entries') }} as r
    cross join {{ source('run', 'context') }} as c
    group by r.case_no
),

moved as (
    select
        k.case_no,
        k.region_code,
        k.programme,
        k.age_band,
        s.outstanding > 0 and s.status <> 'settled' as is_owing,
        case r.kind when 'demand' then r.amount when 'repaid' then 0 - r.amount when 'waived' then 0 - r.amount else 0 end as owed,
        r.on_date >= c.period as is_of_the_month,
        r.kind,
        r.amount
    from {{ ref('int_recovery_entries') }} as r
    inner join cases as k on r.case_no = k.case_no
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('recovery_cases') }} as s on r.case_no = s.case_no and c.period = s.period
),

sides as (
    select
        region_code,
        programme,
        age_band,
        sum(case when is_of_the_month then 0 else owed end) as opening,
        sum(case when is_of_the_month and kind = 'demand' then amount else 0 end) as demanded,
        sum(case when is_of_the_month and kind = 'repaid' then amount else 0 end) as repaid,
        sum(case when is_of_the_month and kind = 'waived' then amount else 0 end) as waived,
        sum(owed) as closing,
        0 as not_yet_demanded,
        count(distinct case when is_owing then case_no end) as owing_cases,
        0 as undemanded_subjects
    from moved
    group by region_code, programme, age_band

    union all

    select
        region_code,
        programme,
        {{ recovery_age_band('age_days') }} as age_band,
        0 as opening,
        0 as demanded,
        0 as repaid,
        0 as waived,
        0 as closing,
        sum(recoverable_amount) as not_yet_demanded,
        0 as owing_cases,
        count(*) as undemanded_subjects
    from {{ ref('int_recovery_undemanded') }}
    group by region_code, programme, {{ recovery_age_band('age_days') }}
)

select
    c.period,
    coalesce(s.region_code, 'unknown') as region_code,
    s.programme,
    s.age_band,
    {%- for name in ['opening', 'demanded', 'repaid', 'waived', 'closing', 'not_yet_demanded'] %}
    cast(sum(s.{{ name }}) as decimal(18, 2)) as {{ name }},
    {%- endfor %}
    cast(sum(s.owing_cases) as integer) as owing_cases,
    cast(sum(s.undemanded_subjects) as integer) as undemanded_subjects
from sides as s
cross join {{ source('run', 'context') }} as c
group by c.period, coalesce(s.region_code, 'unknown'), s.programme, s.age_band
order by coalesce(s.region_code, 'unknown'), s.programme, s.age_band
