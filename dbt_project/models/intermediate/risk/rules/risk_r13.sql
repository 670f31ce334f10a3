-- Persons of a dispatch employer sent to users outside the programme: left out of the base; shown with what they would have brought.
select
    'R13' as rule_id,
    'employer' as subject_kind,
    x.employer_id as subject_id,
    {{ count_text('x.programme_year') }} as fact_key,
    d.region_code,
    {{ round_half_up('cast(coalesce(d.refund_ratio, 0) as decimal(12, 6)) * ' ~ wide('x.excluded_premium'), 2) }} as amount_at_stake,
    concat(
        '派遣单位 ', x.employer_id, '：', {{ count_text('x.programme_year') }}, ' 年度有 ', {{ count_text('x.excluded_persons') }}, ' 人 ',
        {{ count_text('x.excluded_person_months') }}, ' 人月派往机关、事业单位，缴费 ', {{ money_text('x.excluded_premium') }}, ' 元已从基数中剔除。'
    ) as evidence,
    concat(
        'Dispatch employer ', x.employer_id, ', ', {{ count_text('x.programme_year') }}, ': ', {{ count_text('x.excluded_persons') }},
        ' persons, ', {{ count_text('x.excluded_person_months') }}, ' person-months dispatched to excluded users; their premium of ',
        {{ money_text('x.excluded_premium') }}, ' yuan is left out of the base.'
    ) as evidence_en
from {{ ref('int_risk_excluded_users') }} as x
inner join {{ source('run', 'context') }} as c on x.period = c.period
inner join {{ ref('refund_decisions') }} as d
    on x.period = d.period and x.programme_year = d.programme_year and x.employer_id = d.employer_id
where d.is_dispatch
