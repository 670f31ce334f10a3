{{ config(tags=['report']) }}
-- Parameters and windows that end within 60 days of the period's end.
select
    parameter as item,
    days_left
from {{ ref('int_report_parameters_in_force') }}
-- What is carried forward has lapsed already and is listed separately.
where days_left <= 60 and not carried_forward

union all

select
    concat(w.programme, '_window') as item,
    {{ days_between('c.period_end', 'w.window_to') }} as days_left
from {{ source('policy', 'programmes') }} as w
inner join {{ source('run', 'context') }} as c on c.period_end between w.window_from and w.window_to
where {{ days_between('c.period_end', 'w.window_to') }} <= 60
