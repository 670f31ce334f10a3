-- Due off the rate: the dues of an employer's normal rows of the fee month of the period beside their pay base at the rate in force. One
-- that is off month after month stays one lead.
select
    'R24' as rule_id,
    'employer' as subject_kind,
    d.employer_id as subject_id,
    'dues' as fact_key,
    e.region_code,
    {{ round_half_up('abs(d.difference)', 2) }} as amount_at_stake,
    concat(
        '单位 ', d.employer_id, '：', {{ month_text('d.period') }}, ' 应缴 ', {{ money_text('d.due') }}, ' 元，缴费基数 ', {{ money_text('d.pay_base') }},
        ' 元 × 费率 ', cast(d.rate as varchar(32)), '，', {{ count_text('d.persons') }}, ' 人，相差 ', {{ money_text('d.difference') }}, ' 元。'
    ) as evidence,
    concat(
        'Employer ', d.employer_id, ', ', {{ month_text('d.period') }}, ': due ', {{ money_text('d.due') }}, ' yuan, pay base ',
        {{ money_text('d.pay_base') }}, ' × rate ', cast(d.rate as varchar(32)), ', ', {{ count_text('d.persons') }}, ' persons; off by ',
        {{ money_text('d.difference') }}, ' yuan.'
    ) as evidence_en
from {{ ref('int_premium_dues') }} as d
left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
where abs(d.difference) > d.persons * {{ register_value('R24', 'tolerance') }}
