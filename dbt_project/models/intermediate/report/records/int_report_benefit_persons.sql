{{ config(tags=['report']) }}
-- Persons paid living benefits, once in each unit and once in the province, in all kinds together and in each kind.
with persons as (
    select
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        case when grouping(benefit_kind) = 1 then 'none' else 'benefit_kind' end as dimension,
        case when grouping(benefit_kind) = 1 then '' else benefit_kind end as dimension_value,
        person_id,
        max(case when is_this_month then 1 else 0 end) as persons,
        max(case when is_last_month then 1 else 0 end) as persons_before,
        max(case when is_this_year then 1 else 0 end) as persons_year,
        sum(case when is_this_month then 1 else 0 end) as months,
        sum(case when is_this_year then 1 else 0 end) as months_year,
        sum(case when is_this_month then amount else 0 end) as amount,
        sum(case when is_this_year then amount else 0 end) as amount_year
    from {{ ref('int_report_benefit_payments') }}
    group by grouping sets (
        (reporting_unit, benefit_kind, person_id), (reporting_unit, person_id), (benefit_kind, person_id), (person_id)
    )
)

select
    *,
    case when persons = 1 and persons_before = 0 then 1 else 0 end as new_persons,
    case when persons = 0 and persons_before = 1 then 1 else 0 end as stopped_persons
from persons
