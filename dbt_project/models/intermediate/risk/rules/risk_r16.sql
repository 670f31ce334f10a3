-- One account of several employers (not parent and branch), of several persons drawing, of several applicants; one phone of many
-- employers. An account is part of the fact only as a digest, and never of the evidence.
with limits as (
    select
        c.period,
        c.period_end,
        c.identifier_key,
        g.shared_min_employers,
        g.shared_min_persons,
        g.shared_min_applicants,
        {{ parameter_on('risk_phone_employers', 'c.period_end', 'int') }} as phone_employers
    from {{ source('run', 'context') }} as c
    inner join {{ ref('risk_rules') }} as g on g.rule_id = 'R16'
),

parents as (
    select
        uscc,
        parent_uscc
    from (
        select
            uscc,
            parent_uscc,
            row_number() over (partition by uscc order by data_year desc) as newest_first
        from {{ ref('stg_enterprise_size') }}
    ) as filings
    where newest_first = 1 and parent_uscc is not null
),

-- A branch and its parent are one family.
employers as (
    select
        e.employer_id,
        e.region_code,
        e.account_no,
        e.contact_phone,
        coalesce(g.parent_uscc, p.parent_uscc, e.uscc) as family
    from {{ ref('int_employers') }} as e
    left join parents as p on e.uscc = p.uscc
    left join parents as g on p.parent_uscc = g.uscc
),

refunds as (
    select
        d.employer_id,
        sum(d.payable_amount + d.paid_amount) as amount
    from {{ ref('refund_decisions') }} as d
    cross join limits as l
    where d.period = l.period
    group by d.employer_id
),

-- Who gives which account or phone. Counted are the holders; holders of one family only share nothing.
given as (
    select
        'employer' as subject_kind,
        e.employer_id as subject_id,
        concat('account|', {{ keyed_digest('l.identifier_key', 'e.account_no') }}) as fact_key,
        e.employer_id as holder,
        e.family,
        e.region_code,
        r.amount,
        l.shared_min_employers as holders_min,
        '个单位共用一个银行账户' as words_zh,
        'employers share one bank account' as words_en
    from employers as e
    cross join limits as l
    left join refunds as r on e.employer_id = r.employer_id
    where e.account_no is not null

    union all

    select
        'employer' as subject_kind,
        e.employer_id as subject_id,
        concat('phone|', {{ keyed_digest('l.identifier_key', 'e.contact_phone') }}) as fact_key,
        e.employer_id as holder,
        e.employer_id as family,
        e.region_code,
        r.amount,
        l.phone_employers as holders_min,
        '个单位登记同一联系电话' as words_zh,
        'employers give one phone number' as words_en
    from employers as e
    cross join limits as l
    left join refunds as r on e.employer_id = r.employer_id
    where e.contact_phone is not null

    union all

    select
        'person' as subject_kind,
        p.person_id as subject_id,
        concat('account|', {{ keyed_digest('l.identifier_key', 'p.account_no') }}) as fact_key,
        p.person_id as holder,
        p.person_id as family,
        min(p.region_code) as region_code,
        sum(p.amount) as amount,
        l.shared_min_persons as holders_min,
        '名领金人员共用一个银行账户' as words_zh,
        'persons drawing share one bank account' as words_en
    from {{ ref('int_risk_payments') }} as p
    cross join limits as l
    where p.account_no is not null
    group by p.person_id, p.account_no, l.shared_min_persons, l.identifier_key

    union all

    select
        'application' as subject_kind,
        a.application_no as subject_id,
        concat('account|', {{ keyed_digest('l.identifier_key', 'a.account_no') }}) as fact_key,
        a.person_id as holder,
        a.person_id as family,
        a.region_code,
        d.payable_amount + d.paid_amount as amount,
        l.shared_min_applicants as holders_min,
        '名申领人共用一个银行账户' as words_zh,
        'applicants share one bank account' as words_en
    from {{ ref('stg_skill_applications') }} as a
    cross join limits as l
    left join {{ ref('skill_decisions') }} as d on l.period = d.period and a.application_no = d.application_no
    where a.account_no is not null and a.applied_on <= l.period_end
),

shared as (
    select
        subject_kind,
        fact_key,
        count(distinct holder) as holders
    from given
    group by subject_kind, fact_key, holders_min
    having count(distinct holder) >= holders_min and count(distinct family) > 1
),

-- Who they are: units by number and name, applications by number, persons masked; of many the first ten.
named as (
    select
        subject_kind,
        fact_key,
        {{ join_texts(ordered_list('label', 'subject_id', 'place <= 10'), '、') }} as labels,
        max(place) as subjects
    from (
        select
            g.subject_kind,
            g.fact_key,
            g.subject_id,
            case g.subject_kind
                when 'employer' then concat(g.subject_id, case when e.employer_name is null then '' else concat('（', e.employer_name, '）') end)
                when 'person' then {{ masked_id('g.subject_id') }}
                else g.subject_id
            end as label,
            row_number() over (partition by g.subject_kind, g.fact_key order by g.subject_id) as place
        from given as g
        inner join shared as s on g.subject_kind = s.subject_kind and g.fact_key = s.fact_key
        left join {{ ref('int_employers') }} as e on g.subject_kind = 'employer' and g.subject_id = e.employer_id
    ) as places
    group by subject_kind, fact_key
),

raised as (
    select
        g.subject_kind,
        g.subject_id,
        g.fact_key,
        g.region_code,
        g.words_zh,
        g.words_en,
        s.holders,
        n.labels,
        n.subjects,
        coalesce(g.amount, 0) as amount
    from given as g
    inner join shared as s on g.subject_kind = s.subject_kind and g.fact_key = s.fact_key
    inner join named as n on g.subject_kind = n.subject_kind and g.fact_key = n.fact_key
)

select
    'R16' as rule_id,
    subject_kind,
    subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    concat({{ count_text('holders') }}, ' ', words_zh, '：', labels, case when subjects > 10 then '等' else '' end, '；本对象应拨与已拨 ', {{ money_text('amount') }}, ' 元。') as evidence,
    concat({{ count_text('holders') }}, ' ', words_en, ': ', labels, case when subjects > 10 then ' and others' else '' end, '; payable or paid here ', {{ money_text('amount') }}, ' yuan.') as evidence_en
from raised
