-- Each employer's own window of an open programme year: of those that hold for it, that of the most specific jurisdiction, then with most
-- conditions. An employer without one fails refund.window as long as the year lasts.
with subjects as (
    select
        s.*,
        z.size_class
    from {{ ref('int_refund_subjects') }} as s
    left join {{ ref('int_refund_size') }} as z on s.programme_year = z.programme_year and s.employer_id = z.employer_id
),

holding as (
    select
        s.programme_year,
        s.employer_id,
        w.window_from,
        w.window_to,
        w.document_id,
        w.article,
        row_number() over (
            partition by s.programme_year, s.employer_id
            order by w.jurisdiction_rank desc, w.conditions desc, w.window_from desc, w.row_id desc
        ) as place
    from subjects as s
    inner join {{ source('policy', 'windows') }} as w on w.programme = 'refund' and s.programme_year = w.programme_year
    left join {{ ref('stg_employer_lists') }} as l
        on w.cond_list = l.list_id and s.uscc = l.uscc and s.day >= l.valid_from and (s.day <= l.valid_to or l.valid_to is null)
    where {{ scope_holds('w', 's') }} and (w.cond_list is null or l.uscc is not null)
)

select
    s.programme_year,
    s.employer_id,
    h.window_from,
    h.window_to,
    coalesce(h.window_from, p.window_from) as counted_from,
    coalesce(h.window_to, p.window_to) as counted_to,
    p.period <= {{ month_start('coalesce(h.window_to, p.window_to)') }} as is_open,
    coalesce(h.document_id, p.document_id) as document_id,
    coalesce(h.article, p.article) as article
from subjects as s
inner join {{ ref('int_refund_programmes') }} as p on s.programme_year = p.programme_year
left join holding as h on s.programme_year = h.programme_year and s.employer_id = h.employer_id and h.place = 1
