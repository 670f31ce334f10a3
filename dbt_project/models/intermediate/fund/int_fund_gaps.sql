-- What the ledger brought and was not taken: it counts for the months that it is of, or that were due in its delivery (the delivery's own;
-- of the first delivery every month before too).
with deliveries as (
    select
        f.period as delivered_for,
        case when f.period = first.period then date '1900-01-01' else f.period end as due_from,
        f.file_name
    from (
        select r.period, r.file_name from {{ source('run', 'ledger_rejects') }} as r
        union
        select n.period, n.file_name from {{ source('run', 'ledger_files_not_taken') }} as n
    ) as f
    cross join {{ source('run', 'ledger_first_delivery') }} as first
),

-- An opening balance outside January is refused and no gap; a key that an accepted row has brought since is none either.
rejected as (
    select r.*
    from {{ source('run', 'ledger_rejects') }} as r
    where
        not coalesce(r.item = 'opening_balance' and month(r.month) <> 1, false)
        and not exists (
            select 1
            from {{ source('lake', 'fund_ledger') }} as l
            where
                l.region_code = r.region_code
                and l.month = r.month
                and l.item = r.item
                and (
                    l._period > r.period
                    or (l._period = r.period and l._file > r.file_name)
                    or (l._period = r.period and l._file = r.file_name and l._line_no > r.line_no)
                )
        )
),

gaps as (
    select
        r.period as delivered_for,
        r.file_name,
        r.line_no,
        'rejected' as kind,
        r.region_code,
        r.item,
        r.month as month_from,
        r.month as month_to,
        r.reason_zh,
        r.reason_en
    from rejected as r
    where r.month is not null

    union all

    select
        r.period as delivered_for,
        r.file_name,
        r.line_no,
        'rejected' as kind,
        r.region_code,
        r.item,
        d.due_from as month_from,
        d.delivered_for as month_to,
        r.reason_zh,
        r.reason_en
    from rejected as r
    inner join deliveries as d on r.period = d.delivered_for and r.file_name = d.file_name
    where r.region_code is null or r.month is null or r.item is null

    union all

    select
        n.period as delivered_for,
        n.file_name,
        cast(null as bigint) as line_no,
        n.kind,
        cast(null as string) as region_code,
        cast(null as string) as item,
        d.due_from as month_from,
        d.delivered_for as month_to,
        n.message_zh as reason_zh,
        n.message_en as reason_en
    from {{ source('run', 'ledger_files_not_taken') }} as n
    inner join deliveries as d on n.period = d.delivered_for and n.file_name = d.file_name
)

select
    delivered_for,
    file_name,
    line_no,
    kind,
    region_code,
    item,
    month_from,
    month_to,
    reason_zh,
    reason_en
from gaps
