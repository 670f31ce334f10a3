{{ config(materialized='view') }}

-- Objections to a unit's refund raised since the window began, in their state at the period's end.
select
    p.programme_year,
    o.subject_id as employer_id,
    count(case when o.outcome = 'upheld' and o.resolved_on <= p.period_end then 1 end) as upheld,
    count(case
        when o.outcome is not null and o.resolved_on <= p.period_end then cast(null as integer)
        else 1
    end) as still_open
from {{ ref('stg_notice_objections') }} as o
inner join {{ ref('int_refund_programmes') }} as p on o.raised_on between p.window_from and p.period_end
where o.programme = 'refund'
group by p.programme_year, o.subject_id
