-- Applied for the skill subsidy after the day of death, of the start of a pension or of imprisonment. An entry that had ended by the day of
-- application is no obstacle, save a death, which has no end.
with applied as (
    select
        d.application_no,
        d.region_code,
        d.applied_on,
        d.amount,
        x.check_kind,
        x.event_date,
        row_number() over (partition by d.application_no order by x.event_date, x.check_kind) as earliest_first
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join {{ ref('stg_cross_checks') }} as x on d.person_id = x.person_id
    where
        x.check_kind in ('death', 'pension', 'imprisonment')
        and x.event_date <= c.period_end
        and x.event_date < d.applied_on
        and (x.check_kind = 'death' or x.end_date is null or d.applied_on <= x.end_date)
)

select
    'R34' as rule_id,
    'application' as subject_kind,
    a.application_no as subject_id,
    'applied_after' as fact_key,
    a.region_code,
    cast(a.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '申领 ', a.application_no, '：申领人自 ', cast(a.event_date as varchar(32)), ' 起的比对结果为', coalesce(k.label_zh, a.check_kind), '，',
        cast(a.applied_on as varchar(32)), ' 仍提出申领，金额 ', {{ money_text('a.amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Application ', a.application_no, ': comparison says "', coalesce(k.label_en, a.check_kind), '" since ', cast(a.event_date as varchar(32)),
        ', applied on ', cast(a.applied_on as varchar(32)), '; ', {{ money_text('a.amount') }}, ' yuan.'
    ) as evidence_en
from applied as a
left join {{ ref('codes') }} as k on k.list = 'check_kind' and a.check_kind = k.code
where a.earliest_first = 1
