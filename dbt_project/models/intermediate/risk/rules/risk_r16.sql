-- One account of several employers (not parent and branch), of several persons drawing, of several applicants; one phone of many
-- employers. An account is part of the fact only as a digest, and never of the evidence.
with limits as (
    select
        c.period,
        c.period_end,
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
        where parent_uscc is not null
    ) as filings
    where newest_first = 1
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

shared_employer_accounts as (
    select
        e.account_no,
        count(*) as holders
    from employers as e
    cross join limits as l
    where e.account_no is not null
    group by e.account_no, l.shared_min_employers
    having count(*) >= l.shared_min_employers and count(distinct e.family) > 1
),

shared_phones as (
    select
        e.contact_phone,
        count(*) as holders
    from employers as e
    cross join limits as l
    where e.contact_phone is not null
    group by e.contact_phone, l.phone_employers
    having count(*) >= l.phone_employers
),

drawing as (
    select
        person_id,
        account_no,
        min(region_code) as region_code,
        sum(amount) as amount
    from {{ ref('int_risk_payments') }}
    where account_no is not null
    group by person_id, account_no
),

shared_person_accounts as (
    select
        d.account_no,
        count(*) as holders
    from drawing as d
    cross join limits as l
    group by d.account_no, l.shared_min_persons
    having count(*) >= l.shared_min_persons
),

applications as (
    select
        a.application_no,
        a.person_id,
        a.region_code,
        a.account_no
    from {{ ref('stg_skill_applications') }} as a
    cross join limits as l
    where a.account_no is not null and a.applied_on <= l.period_end
),

shared_applicant_accounts as (
    select
        a.account_no,
        count(distinct a.person_id) as holders
    from applications as a
    cross join limits as l
    group by a.account_no, l.shared_min_applicants
    having count(distinct a.person_id) >= l.shared_min_applicants
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

subsidies as (
    select
        d.application_no,
        d.payable_amount + d.paid_amount as amount
    from {{ ref('skill_decisions') }} as d
    cross join limits as l
    where d.period = l.period
),

raised as (
    select
        'employer' as subject_kind,
        e.employer_id as subject_id,
        concat('account|', md5(e.account_no)) as fact_key,
        e.region_code,
        coalesce(r.amount, 0) as amount,
        s.holders,
        '个单位共用一个银行账户' as words_zh,
        'employers share one bank account' as words_en
    from employers as e
    inner join shared_employer_accounts as s on e.account_no = s.account_no
    left join refunds as r on e.employer_id = r.employer_id

    union all

    select
        'employer' as subject_kind,
        e.employer_id as subject_id,
        concat('phone|', md5(e.contact_phone)) as fact_key,
        e.region_code,
        coalesce(r.amount, 0) as amount,
        s.holders,
        '个单位登记同一联系电话' as words_zh,
        'employers give one phone number' as words_en
    from employers as e
    inner join shared_phones as s on e.contact_phone = s.contact_phone
    left join refunds as r on e.employer_id = r.employer_id

    union all

    select
        'person' as subject_kind,
        d.person_id as subject_id,
        concat('account|', md5(d.account_no)) as fact_key,
        d.region_code,
        d.amount,
        s.holders,
        '名领金人员共用一个银行账户' as words_zh,
        'persons drawing share one bank account' as words_en
    from drawing as d
    inner join shared_person_accounts as s on d.account_no = s.account_no

    union all

    select
        'application' as subject_kind,
        a.application_no as subject_id,
        concat('account|', md5(a.account_no)) as fact_key,
        a.region_code,
        coalesce(u.amount, 0) as amount,
        s.holders,
        '名申领人共用一个银行账户' as words_zh,
        'applicants share one bank account' as words_en
    from applications as a
    inner join shared_applicant_accounts as s on a.account_no = s.account_no
    left join subsidies as u on a.application_no = u.application_no
)

select
    'R16' as rule_id,
    subject_kind,
    subject_id,
    fact_key,
    region_code,
    cast(amount as decimal(18, 2)) as amount_at_stake,
    concat({{ count_text('holders') }}, ' ', words_zh, '；本对象应拨与已拨 ', {{ money_text('amount') }}, ' 元。') as evidence,
    concat({{ count_text('holders') }}, ' ', words_en, '; payable or paid here ', {{ money_text('amount') }}, ' yuan.') as evidence_en
from raised
