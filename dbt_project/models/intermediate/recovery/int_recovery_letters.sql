-- Whom a letter must be written to this month: a demand (责令退回) where money is to come back and no case is open, a reminder (催缴) where a case
-- is overdue. With who answers for it, and the account that the money last went to.
with matters as (
    select
        'demand' as letter_kind,
        cast(null as string) as case_no,
        u.programme,
        u.subject_id,
        u.programme_year,
        u.region_code,
        u.recoverable_amount as amount,
        cast(null as decimal(18, 2)) as demanded,
        cast(null as decimal(18, 2)) as repaid,
        cast(null as date) as first_demanded_on,
        cast(null as date) as due_on,
        u.last_paid_on
    from {{ ref('int_recovery_undemanded') }} as u

    union all

    select
        'reminder' as letter_kind,
        k.case_no,
        k.programme,
        k.subject_id,
        k.programme_year,
        k.region_code,
        k.outstanding as amount,
        k.demanded,
        k.repaid,
        k.first_demanded_on,
        k.due_on,
        cast(null as date) as last_paid_on
    from {{ ref('recovery_cases') }} as k
    inner join {{ source('run', 'context') }} as c on k.period = c.period
    where k.status = 'overdue'
),

-- Of living benefits a demand names the person, a case the claim.
answering as (
    select
        m.*,
        case m.programme when 'refund' then m.subject_id when 'job_expansion' then n.employer_id end as employer_id,
        case m.programme
            when 'skill_subsidy' then a.person_id
            when 'living_benefits' then coalesce(b.person_id, case when m.letter_kind = 'demand' then m.subject_id end)
        end as person_id,
        case when m.programme <> 'refund' and not (m.programme = 'living_benefits' and m.letter_kind = 'demand') then m.subject_id end
            as reference_no
    from matters as m
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('stg_skill_applications') }} as a
        on m.programme = 'skill_subsidy' and m.subject_id = a.application_no and a.applied_on <= c.period_end
    left join {{ ref('stg_expansion_applications') }} as n
        on m.programme = 'job_expansion' and m.subject_id = n.application_no and n.applied_on <= c.period_end
    left join {{ ref('stg_benefit_claims') }} as b
        on m.programme = 'living_benefits' and m.subject_id = b.claim_no and b.unemployed_on <= c.period_end
),

accounts as (
    select
        p.programme,
        coalesce(p.on_behalf_of, p.payee_id) as payee,
        case when p.programme = 'refund' then p.programme_year end as programme_year,
        p.account_name,
        p.account_no,
        row_number() over (
            partition by p.programme, coalesce(p.on_behalf_of, p.payee_id), case when p.programme = 'refund' then p.programme_year end
            order by p.paid_on desc, p.batch_no desc, p.line_no desc
        ) as newest_first
    from {{ ref('stg_programme_payments') }} as p
    inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
    where p.result = 'paid' and p.account_no is not null

    union all

    select
        'living_benefits' as programme,
        b.person_id as payee,
        cast(null as integer) as programme_year,
        cast(null as string) as account_name,
        b.account_no,
        row_number() over (partition by b.person_id order by b.paid_on desc, b.payment_no desc) as newest_first
    from {{ ref('int_benefit_payments') }} as b
    where b.account_no is not null
)

select
    row_number() over (
        order by
            w.letter_kind, w.programme, w.subject_id, coalesce(w.programme_year, 0), coalesce(w.case_no, ''), coalesce(w.region_code, '')
    ) as letter_no,
    w.letter_kind,
    w.case_no,
    w.programme,
    w.reference_no,
    w.programme_year,
    w.region_code,
    w.employer_id,
    e.employer_name,
    w.person_id,
    w.amount,
    w.demanded,
    w.repaid,
    w.first_demanded_on,
    w.due_on,
    w.last_paid_on,
    t.account_name,
    t.account_no
from answering as w
left join {{ ref('int_employers') }} as e on w.employer_id = e.employer_id
left join accounts as t
    on
        w.programme = t.programme
        and case when w.programme = 'living_benefits' then w.person_id else w.subject_id end = t.payee
        and coalesce(w.programme_year, 0) = coalesce(t.programme_year, 0)
        and t.newest_first = 1
