-- Certificates in a batch: many applications of persons of one employer whose certificates are of one occupation, level and day; or many
-- more of one issuer. A person belongs to the employers that owed premium in the month of application or the one before.
with limits as (
    select
        {{ risk_threshold('risk_certificate_batch', 'R35', 'persons_min') }} as batch,
        {{ register_value('R35', 'factor') }} as factor
    from {{ source('run', 'context') }} as c
),

applications as (
    select
        d.application_no,
        d.person_id,
        d.region_code,
        d.amount,
        {{ month_start('d.applied_on') }} as applied_month,
        t.occupation_code,
        t.occupation_name,
        t.level,
        t.issued_on,
        t.issuer_name
    from {{ ref('skill_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join {{ ref('stg_certificates') }} as t on d.cert_no = t.cert_no
),

places as (
    select distinct
        a.application_no,
        m.employer_id,
        a.occupation_code,
        a.level,
        a.issued_on
    from applications as a
    inner join {{ ref('int_person_months') }} as m
        on a.person_id = m.person_id and m.due > 0 and m.fee_month between {{ add_months('a.applied_month', -1) }} and a.applied_month
),

of_employers as (
    select
        p.employer_id,
        p.occupation_code,
        p.level,
        p.issued_on,
        count(*) as applications
    from places as p
    cross join limits as l
    group by p.employer_id, p.occupation_code, p.level, p.issued_on, l.batch
    having count(*) >= l.batch
),

by_employer as (
    select
        p.application_no,
        min(p.employer_id) as employer_id,
        max(g.applications) as applications
    from places as p
    inner join of_employers as g
        on
            p.employer_id = g.employer_id
            and p.occupation_code = g.occupation_code
            and p.level = g.level
            and p.issued_on = g.issued_on
    group by p.application_no
),

by_issuer as (
    select
        a.issuer_name,
        a.occupation_code,
        a.level,
        a.issued_on,
        count(*) as applications
    from applications as a
    cross join limits as l
    where a.issuer_name is not null
    group by a.issuer_name, a.occupation_code, a.level, a.issued_on, l.batch, l.factor
    having count(*) >= l.batch * l.factor
)

select
    'R35' as rule_id,
    'application' as subject_kind,
    a.application_no as subject_id,
    'batch' as fact_key,
    a.region_code,
    cast(a.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '申领 ', a.application_no, '：',
        case
            when e.application_no is not null then {{ unit_text('e.employer_id', 'u.employer_name') }}
            else concat('评价机构 ', a.issuer_name)
        end,
        ' 有 ', {{ count_text('coalesce(e.applications, i.applications)') }}, ' 件申领的证书同为 ', cast(a.issued_on as varchar(32)), ' 核发的',
        coalesce(a.occupation_name, a.occupation_code), coalesce(v.label_zh, a.level), '；金额 ', {{ money_text('a.amount') }}, ' 元。'
    ) as evidence,
    concat(
        'Application ', a.application_no, ': ', {{ count_text('coalesce(e.applications, i.applications)') }}, ' applications of ',
        case
            when e.application_no is not null then {{ unit_text_en('e.employer_id', 'u.employer_name') }}
            else concat('issuer ', a.issuer_name)
        end,
        ' rest on certificates of one day (', cast(a.issued_on as varchar(32)), '), occupation ', a.occupation_code, ' and ',
        lower(coalesce(v.label_en, a.level)), '; ', {{ money_text('a.amount') }}, ' yuan.'
    ) as evidence_en
from applications as a
left join by_employer as e on a.application_no = e.application_no
left join by_issuer as i
    on a.issuer_name = i.issuer_name and a.occupation_code = i.occupation_code and a.level = i.level and a.issued_on = i.issued_on
left join {{ ref('int_employers') }} as u on e.employer_id = u.employer_id
left join {{ ref('codes') }} as v on v.list = 'level' and a.level = v.code
where e.application_no is not null or i.issuer_name is not null
