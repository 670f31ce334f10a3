-- The kind that the credit code tells (GB 32100-2015, the first two characters) contradicts the unit type of the register. Prefixes that are
-- not in the table, accounting firms and other units are not judged; nor is a person's number that stands in place of a code.
with refunds as (
    select
        d.employer_id,
        sum(d.refund_amount) as amount
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    group by d.employer_id
)

select
    'R25' as rule_id,
    'employer' as subject_kind,
    e.employer_id as subject_id,
    'unit_type' as fact_key,
    e.region_code,
    cast(coalesce(r.amount, 0) as decimal(18, 2)) as amount_at_stake,
    concat(
        {{ unit_text('e.employer_id', 'e.employer_name') }}, '：统一社会信用代码以 ', k.prefix, ' 开头，属', coalesce(a.label_zh, k.unit_type),
        '，参保登记的单位类型为', coalesce(b.label_zh, e.unit_type), '；拟返还 ', {{ money_text('coalesce(r.amount, 0)') }}, ' 元。'
    ) as evidence,
    concat(
        {{ unit_text_en('e.employer_id', 'e.employer_name', 'Employer') }}, ': its credit code begins with ', k.prefix, ' (', coalesce(a.label_en, k.unit_type),
        '), the register says ', coalesce(b.label_en, e.unit_type), '; refund of ', {{ money_text('coalesce(r.amount, 0)') }}, ' yuan.'
    ) as evidence_en
from {{ ref('int_employers') }} as e
inner join {{ ref('credit_code_kinds') }} as k on substr(e.uscc, 1, 2) = k.prefix
left join {{ ref('codes') }} as a on a.list = 'unit_type' and k.unit_type = a.code
left join {{ ref('codes') }} as b on b.list = 'unit_type' and e.unit_type = b.code
left join refunds as r on e.employer_id = r.employer_id
where
    e.unit_type not in ('accounting_firm', 'other')
    and e.unit_type <> k.unit_type
    and not {{ is_person_number('e.uscc') }}
