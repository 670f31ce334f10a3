-- Due off the rate: the dues of an employer's normal rows of a fee month beside their pay base at the rate in force in that month. Every
-- month known by now: a wrong due stays a finding until it is corrected.
with rates as (
    select
        m.fee_month,
        {{ parameter_cast('p.value', 'decimal') }} as rate
    from (select distinct e.fee_month from {{ ref('int_employer_months') }} as e) as m
    inner join {{ source('policy', 'parameters') }} as p on {{ month_end('m.fee_month') }} between p.valid_from and p.valid_to
    where p.parameter = 'premium_rate_total'
),

months as (
    select
        m.employer_id,
        m.fee_month,
        m.normal_persons,
        m.normal_due,
        m.pay_base,
        r.rate,
        m.normal_due - {{ wide('m.pay_base') }} * cast(r.rate as decimal(12, 6)) as difference
    from {{ ref('int_employer_months') }} as m
    inner join rates as r on m.fee_month = r.fee_month
    cross join {{ source('run', 'context') }} as c
    where m.fee_month <= c.period
)

select
    'R24' as rule_id,
    'employer' as subject_kind,
    m.employer_id as subject_id,
    {{ month_text('m.fee_month') }} as fact_key,
    e.region_code,
    {{ round_half_up('abs(m.difference)', 2) }} as amount_at_stake,
    concat(
        '单位 ', m.employer_id, '：', {{ month_text('m.fee_month') }}, ' 应缴 ', {{ money_text('m.normal_due') }}, ' 元，缴费基数 ',
        {{ money_text('m.pay_base') }}, ' 元 × 费率 ', cast(m.rate as varchar(32)), '，', {{ count_text('m.normal_persons') }}, ' 人，相差 ',
        {{ money_text('m.difference') }}, ' 元。'
    ) as evidence,
    concat(
        'Employer ', m.employer_id, ', ', {{ month_text('m.fee_month') }}, ': due ', {{ money_text('m.normal_due') }}, ' yuan, pay base ',
        {{ money_text('m.pay_base') }}, ' × rate ', cast(m.rate as varchar(32)), ', ', {{ count_text('m.normal_persons') }},
        ' persons; off by ', {{ money_text('m.difference') }}, ' yuan.'
    ) as evidence_en
from months as m
left join {{ ref('int_employers') }} as e on m.employer_id = e.employer_id
where abs(m.difference) > m.normal_persons * {{ register_value('R24', 'tolerance') }}
