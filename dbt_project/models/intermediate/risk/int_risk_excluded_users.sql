-- depends_on: {{ ref('int_refund_programmes') }}
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ replace_period() }}") }}

-- Person-months dispatched to users outside the programme and the premium left out with them: of open years as they are now, of closed
-- years as they were in the window's last month, like the decisions.
{%- set columns = ['programme_year', 'employer_id', 'excluded_persons', 'excluded_person_months', 'excluded_premium'] %}
select
    c.period,
    a.programme_year,
    a.employer_id,
    cast(sum(a.excluded_persons) as integer) as excluded_persons,
    cast(sum(a.excluded_person_months) as integer) as excluded_person_months,
    cast(sum(a.excluded_premium) as decimal(18, 2)) as excluded_premium
from {{ ref('int_refund_assigned_months') }} as a
cross join {{ source('run', 'context') }} as c
group by c.period, a.programme_year, a.employer_id
having sum(a.excluded_person_months) > 0
{% if is_incremental() %}
union all

select
    p.period,
    t.{{ columns | join(',\n    t.') }}
from {{ this }} as t
inner join {{ ref('int_refund_programmes') }} as p
    on t.programme_year = p.programme_year and not p.is_open and t.period = p.closing_period
{% endif %}
