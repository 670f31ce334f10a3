{{ config(tags=['report']) }}
-- What somebody has to decide or look after this month, the gravest first. Kinds, their order and where to act stand in
-- reference.report_point_kinds; figures are those of the report or of the table named.
with figures as (
    select f.*
    from {{ ref('report_figures') }} as f
    inner join {{ source('run', 'context') }} as c
        on f.period = c.period and f.reporting_unit = {{ province_code('c.jurisdiction') }}
),

gates as (
    select
        g.*,
        case
            when g.reserve_months is null or g.limit_months is null then 'gate_unknown'
            when g.reserve_months < g.limit_months then 'gate_below'
            when g.low < g.limit_months then 'gate_doubtful'
        end as point_id
    from {{ ref('fund_gate_forecast') }} as g
    inner join {{ source('run', 'context') }} as c on g.period = c.period
),

files as (
    select e.*
    from {{ ref('extract_files') }} as e
    inner join {{ source('run', 'context') }} as c on e.period = c.period
),

-- Payments before a notice was over are leads of their own rule.
paid_early as (
    select
        count(distinct l.subject_id) as employers,
        sum(l.amount_at_stake) as amount
    from {{ ref('risk_leads') }} as l
    inner join {{ source('run', 'context') }} as c on l.period = c.period
    where l.rule_id = 'R36' and l.status in ('open', 'confirmed')
),

overdue as (
    select
        count(*) as cases,
        sum(k.outstanding) as amount
    from {{ ref('recovery_cases') }} as k
    inner join {{ source('run', 'context') }} as c on k.period = c.period
    where k.status = 'overdue'
),

-- Money that should come back and that nobody has demanded, with the age of its oldest part.
undemanded as (
    select
        count(*) as cases,
        sum(u.recoverable_amount) as amount,
        max(u.age_days) as oldest
    from {{ ref('int_recovery_undemanded') }} as u
),

found as (
    select
        g.point_id,
        cast(g.gate_date as varchar(10)) as item,
        concat(
            cast(year(g.gate_date) as varchar(4)), '年12月31日备付期限预计',
            {{ months_text('g.reserve_months') }}, '个月，下限', {{ months_text('g.limit_months') }}, '个月，低于下限的概率',
            coalesce({{ percent_text('g.probability_below_min') }}, '未知'), '；关系到', cast(g.opens_programme_year as varchar(4)),
            '年度政策能否执行'
        ) as text_zh,
        concat(
            'reserve period expected on 31 December ', cast(year(g.gate_date) as varchar(4)), ': ', {{ months_text('g.reserve_months') }},
            ' months, minimum ', {{ months_text('g.limit_months') }}, ', probability of falling below ',
            coalesce({{ percent_text('g.probability_below_min') }}, 'not known'), '; it opens the programmes of ',
            cast(g.opens_programme_year as varchar(4))
        ) as text_en,
        g.reserve_months as figure,
        'months' as unit
    from gates as g
    where g.point_id in ('gate_below', 'gate_doubtful')

    union all

    select
        g.point_id,
        cast(g.gate_date as varchar(10)) as item,
        concat(cast(year(g.gate_date) as varchar(4)), '年12月31日备付期限因历史数据不足无法预测') as text_zh,
        concat('the reserve period on 31 December ', cast(year(g.gate_date) as varchar(4)), ' cannot be projected') as text_en,
        cast(null as decimal(18, 6)) as figure,
        'months' as unit
    from gates as g
    where g.point_id = 'gate_unknown'

    union all

    select
        'gate_closed' as point_id,
        'gate_open' as item,
        concat('基金备付期限', coalesce(concat({{ months_text('r.value') }}, '个月'), '未知'), '，低于下限，稳岗政策是否执行') as text_zh,
        'the reserve period is below the minimum: are the programmes carried out?' as text_en,
        r.value as figure,
        'months' as unit
    from figures as f
    left join figures as r on r.section = 'fund' and r.measure = 'reserve_months' and r.dimension = 'none'
    where f.section = 'fund' and f.measure = 'gate_open' and f.dimension = 'none' and f.value = 0

    union all

    select
        'plan_shortfall' as point_id,
        p.programme as item,
        concat('按保障次序至年末，', coalesce(k.label_zh, p.programme), '缺口', {{ wan_text('p.shortfall') }}) as text_zh,
        concat(coalesce(k.label_en, p.programme), ': short of ', {{ yuan_text('p.shortfall') }}, ' to the end of the year') as text_en,
        cast(p.shortfall as decimal(18, 6)) as figure,
        'yuan' as unit
    from {{ ref('fund_priority_plan') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
    left join {{ ref('codes') }} as k on k.list = 'programme' and p.programme = k.code
    where p.shortfall > 0

    {%- for grade, name in [('major', '重大'), ('ordinary', '一般')] %}

    union all

    {{ figure_point('incident_' ~ grade, 'risk', 'incidents', ['达到' ~ name ~ '要情标准', '件', grade ~ ' incidents'], 'item', grade, 'incident_amount') | indent(4) }}
    {%- endfor %}

    union all

    select
        'paid_before_notice' as point_id,
        'refund' as item,
        concat('公示期满前已拨付', {{ grouped_count('p.employers') }}, '户，金额', {{ wan_text('p.amount') }}) as text_zh,
        concat('units paid before a notice was over: ', {{ grouped_count('p.employers') }}, ', ', {{ yuan_text('p.amount') }}) as text_en,
        cast(p.amount as decimal(18, 6)) as figure,
        'yuan' as unit
    from paid_early as p
    where p.employers > 0

    union all

    select
        'snapshot_held' as point_id,
        concat(e.source, ' ', e.file_name) as item,
        concat('文件', e.file_name, '行数骤减，暂缓采用，沿用上次数据') as text_zh,
        concat('the file ', e.file_name, ' is held back: it has far fewer rows than before') as text_en,
        cast(e.rows_read as decimal(18, 6)) as figure,
        'rows' as unit
    from files as e
    where e.status = 'held'

    union all

    select
        'ledger_rejected' as point_id,
        e.source as item,
        concat('基金台账拒收', {{ grouped_count('sum(e.rows_rejected)') }}, '行，收支和结余可能不全') as text_zh,
        concat('rows of the ledger rejected: ', {{ grouped_count('sum(e.rows_rejected)') }}, '; the fund may be incomplete') as text_en,
        cast(sum(e.rows_rejected) as decimal(18, 6)) as figure,
        'rows' as unit
    from files as e
    where e.source = 'fund_ledger' and e.status = 'loaded' and e.rows_rejected > 0
    group by e.source

    union all

    select
        'file_rejected_whole' as point_id,
        'files' as item,
        concat({{ grouped_count('count(*)') }}, '个文件的行全部拒收，共', {{ grouped_count('sum(e.rows_rejected)') }}, '行') as text_zh,
        concat('files of which all rows were rejected: ', {{ grouped_count('count(*)') }}, ', rows: ', {{ grouped_count('sum(e.rows_rejected)') }}) as text_en,
        cast(count(*) as decimal(18, 6)) as figure,
        'files' as unit
    from files as e
    where e.source <> 'fund_ledger' and e.status = 'loaded' and e.rows_rejected > 0 and e.rows_accepted = 0
    having count(*) > 0

    union all

    select
        'mismatch' as point_id,
        r.check_id as item,
        concat(
            k.title_zh, '不一致：', k.left_zh, {{ wan_text('r.left_amount') }}, '，', k.right_zh, {{ wan_text('r.right_amount') }}, '，差额',
            {{ wan_text('r.difference') }}
        ) as text_zh,
        concat(
            k.title_en, ' does not agree: ', k.left_en, ' ', {{ yuan_text('r.left_amount') }}, ', ', k.right_en, ' ',
            {{ yuan_text('r.right_amount') }}, ', difference ', {{ yuan_text('r.difference') }}
        ) as text_en,
        cast(r.difference as decimal(18, 6)) as figure,
        'yuan' as unit
    from {{ ref('reconciliations') }} as r
    inner join {{ source('run', 'context') }} as c on r.period = c.period
    inner join {{ ref('reconciliation_checks') }} as k on r.check_id = k.check_id
    where r.outcome = 'mismatch'

    union all

    select
        'recovery_overdue' as point_id,
        'recovery' as item,
        concat('追回逾期', {{ grouped_count('o.cases') }}, '件，未退回', {{ wan_text('o.amount') }}) as text_zh,
        concat('recoveries overdue: ', {{ grouped_count('o.cases') }}, ', outstanding ', {{ yuan_text('o.amount') }}) as text_en,
        cast(o.amount as decimal(18, 6)) as figure,
        'yuan' as unit
    from overdue as o
    where o.cases > 0

    union all

    select
        'not_yet_demanded' as point_id,
        'recovery' as item,
        concat(
            '应追回而未下达追回通知', {{ grouped_count('u.cases') }}, '件，金额', {{ wan_text('u.amount') }},
            coalesce(concat('，最早的已付出', {{ grouped_count('u.oldest') }}, '天'), '')
        ) as text_zh,
        concat(
            'to be recovered and not yet demanded: ', {{ grouped_count('u.cases') }}, ', ', {{ yuan_text('u.amount') }},
            coalesce(concat(', the oldest paid ', {{ grouped_count('u.oldest') }}, ' days ago'), '')
        ) as text_en,
        cast(u.amount as decimal(18, 6)) as figure,
        'yuan' as unit
    from undemanded as u
    where u.cases > 0

    union all

    -- What programmes have paid beyond their decisions.
    select
        'recoverable' as point_id,
        f.section as item,
        concat(p.title_zh, '应追回', {{ wan_text('f.value') }}) as text_zh,
        concat(p.title_en, ': ', {{ yuan_text('f.value') }}, ' to be recovered') as text_en,
        f.value as figure,
        'yuan' as unit
    from figures as f
    inner join {{ ref('programmes') }} as p on f.section = p.area
    where f.measure = 'recoverable_amount' and f.dimension = 'none' and f.value > 0

    union all

    {{ figure_point('objection_open', 'refund', 'objection_open', ['公示异议待处理', '户', 'units with an open objection']) | indent(4) }}

    union all

    {{ figure_point('in_review', 'refund', 'employers', ['稳岗返还待审核', '户', 'refunds in review'], 'decision', 'review', 'refund_amount') | indent(4) }}

    union all

    -- Applications of every programme that is applied for.
    select
        'in_review' as point_id,
        f.section as item,
        concat(p.title_zh, '本月申领待审核', {{ grouped_count('f.value') }}, '件') as text_zh,
        concat(p.title_en, ', applications of the month in review: ', {{ grouped_count('f.value') }}) as text_en,
        f.value as figure,
        'applications' as unit
    from figures as f
    inner join {{ ref('programmes') }} as p on f.section = p.area
    where f.measure = 'in_review' and f.dimension = 'none' and f.value > 0

    union all

    {{ figure_point('verdicts_differ', 'refund', 'verdicts_differ', ['两种裁员率计算口径结论不同的单位', '户', 'units on which the two layoff rates differ']) | indent(4) }}

    union all

    {{ figure_point('account_missing', 'refund', 'account_missing', ['符合条件但无收款账户', '户', 'eligible units without an account']) | indent(4) }}

    union all

    {{ figure_point('parent_circles', 'quality', 'parent_circles', ['总机构互相指向、企业规模无法确定的单位', '户', 'units whose parents form a circle']) | indent(4) }}

    union all

    select
        'window_closing' as point_id,
        concat(w.programme, ' ', cast(w.programme_year as varchar(4))) as item,
        concat(
            coalesce(k.label_zh, w.programme), cast(w.programme_year as varchar(4)), '年度执行期将于', cast(w.window_to as varchar(10)),
            '截止，尚无后续政策'
        ) as text_zh,
        concat(coalesce(k.label_en, w.programme), ': the window of ', cast(w.programme_year as varchar(4)), ' closes on ', cast(w.window_to as varchar(10)), ', and nothing follows') as text_en,
        cast({{ days_between('c.period_end', 'w.window_to') }} as decimal(18, 6)) as figure,
        'days' as unit
    from {{ source('policy', 'programmes') }} as w
    inner join {{ source('run', 'context') }} as c on c.period_end between w.window_from and w.window_to
    inner join {{ ref('operations') }} as o on o.name = 'lapse_warning_days'
    left join {{ ref('codes') }} as k on k.list = 'programme' and w.programme = k.code
    left join {{ source('policy', 'programmes') }} as n
        on w.programme = n.programme and {{ add_days('w.window_to', 1) }} between n.window_from and n.window_to
    where {{ days_between('c.period_end', 'w.window_to') }} <= o.value and n.programme is null

    union all

    {{ figure_point('value_lapsing', 'parameters', 'lapsing', ['即将到期的参数和执行期', '项', 'values and windows about to lapse']) | indent(4) }}

    union all

    {{ figure_point('value_carried_forward', 'parameters', 'carried_forward', ['没有本期规定、沿用最后一次值的参数', '项', 'values carried forward without a rule of their own']) | indent(4) }}

    union all

    select
        'list_missing' as point_id,
        f.dimension_value as item,
        concat('名单', f.dimension_value, '从未交付，以其为条件的', {{ grouped_count('f.value') }}, '行参数或窗口对任何单位都不适用') as text_zh,
        concat('the list ', f.dimension_value, ' was never delivered; rows of parameters or windows met by nobody: ', {{ grouped_count('f.value') }}) as text_en,
        f.value as figure,
        'rows' as unit
    from figures as f
    where f.section = 'quality' and f.measure = 'lists_missing' and f.dimension = 'item' and f.value > 0

    union all

    {{ figure_point('months_unknown', 'quality', 'months_unknown', ['缴费历史不全、无法核算待遇月数的核定', '件', 'claims whose months of entitlement cannot be worked out']) | indent(4) }}
)

select
    c.period,
    cast(row_number() over (order by k.point_order, f.item) as integer) as point_no,
    f.point_id,
    f.item,
    k.severity,
    k.title_zh,
    k.title_en,
    f.text_zh,
    f.text_en,
    cast(f.figure as decimal(18, 6)) as figure,
    f.unit,
    k.act_zh,
    k.act_en,
    k.page
from found as f
inner join {{ ref('report_point_kinds') }} as k on f.point_id = k.point_id
cross join {{ source('run', 'context') }} as c
