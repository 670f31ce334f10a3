{{ config(tags=['report'], materialized='view') }}
-- Every figure's records, once under the unit that they belong to and once under the province. `amount` is what the record adds to the
-- figure; null: the figure is no sum, and the record is what it rests on. Persons are masked.
{%- set refund = [
    'employers', 'average_insured', 'contribution_base', 'refund_amount', 'paid_employers', 'paid_amount', 'returned_employers',
    'returned_amount', 'payable_amount', 'recoverable_amount', 'on_notice', 'on_notice_insured', 'on_notice_amount', 'cleared',
    'cleared_insured', 'cleared_amount', 'objection_open', 'objection_upheld', 'account_missing', 'verdicts_differ', 'newly_eligible',
    'newly_eligible_amount',
] -%}
{%- set skill = {
    'applications': 'is_this_month', 'amount': 'is_this_month * r.amount', 'approved': 'is_this_month * r.is_approved',
    'in_review': 'is_this_month * r.is_in_review', 'paid_amount': 'paid_amount', 'payable_amount': 'payable_amount',
    'recoverable_amount': 'recoverable_amount',
} -%}
{%- set fund = [
    'income', 'expenditure', 'premium', 'living_benefits', 'refund', 'skill_subsidy', 'job_expansion', 'other_expenditure', 'balance', 'opening_balance',
    'balance_previous_year', 'expenditure_previous_year',
] -%}
{%- set person_of_application = "concat(r.application_no, ' ', " ~ masked_id('r.person_id') ~ ')' -%}
{%- set person_of_payment = "concat(replace(r.payment_no, r.person_id, " ~ masked_id('r.person_id') ~ "), ' ', " ~ masked_id('r.person_id') ~ ')' %}
with decisions as (
    select
        d.*,
        e._period,
        e._file,
        e._line_no
    from {{ ref('int_report_refund_decisions') }} as d
    left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
),

applications as (
    select
        d.*,
        a._period,
        a._file,
        a._line_no
    from {{ ref('int_report_skill_decisions') }} as d
    left join {{ ref('stg_skill_applications') }} as a on d.application_no = a.application_no
),

rules as (
    {%- for measure in ['failed_rules', 'unknown_rules'] %}
    select
        'refund' as section,
        '{{ measure }}' as measure,
        reporting_unit,
        'refund_decisions' as record,
        concat(cast(programme_year as string), ' ', employer_id) as record_key,
        1 as amount,
        {{ unnest_list(measure) }} as rule_id,
        _period,
        _file,
        _line_no
    from decisions

    union all

    select
        'skill' as section,
        '{{ measure }}' as measure,
        r.reporting_unit,
        'skill_decisions' as record,
        {{ person_of_application }} as record_key,
        r.is_this_month as amount,
        {{ unnest_list('r.' ~ measure) }} as rule_id,
        r._period,
        r._file,
        r._line_no
    from applications as r

    union all

    select
        r.section,
        '{{ measure }}' as measure,
        r.reporting_unit,
        r.record,
        {{ person_of_application }} as record_key,
        r.is_this_month as amount,
        {{ unnest_list('r.' ~ measure) }} as rule_id,
        r._period,
        r._file,
        r._line_no
    from {{ ref('int_report_application_decisions') }} as r
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

people_of as (
    {%- set shared = ['reporting_unit', 'application_no', 'person_id', 'is_this_month', 'is_approved', '_period', '_file', '_line_no'] | join(', ') %}
    select 'skill' as section, 'skill_decisions' as record, {{ shared }} from applications
    union all
    select section, record, {{ shared }} from {{ ref('int_report_application_decisions') }}
),

-- A person counts once in a unit and once in the province: the first of the person's records there stands for the person.
people as (
    {%- for measure, counts in [('persons', 'r.is_this_month = 1'), ('approved_persons', 'r.is_this_month = 1 and r.is_approved = 1')] %}
    select
        r.section,
        r.record,
        '{{ measure }}' as measure,
        {{ report_record_unit('r') }} as reporting_unit,
        {{ person_of_application }} as record_key,
        case
            when row_number() over (partition by r.section, {{ report_record_unit('r') }}, r.person_id order by r.application_no) = 1 then 1
            else 0
        end as amount,
        r._period,
        r._file,
        r._line_no
    from people_of as r
    cross join {{ source('run', 'context') }} as c
    cross join {{ report_record_levels() }} as u
    where {{ counts }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The newest payment of each person stands for the person.
newest_payments as (
    select *
    from (
        select
            p.*,
            row_number() over (partition by p.person_id order by p.is_this_month desc, p.is_last_month desc, p.payment_no) as place
        from {{ ref('int_report_benefit_payments') }} as p
    ) as placed
    where place = 1
),

measures_of_persons as (
    select 'persons' as measure
    union all
    select 'new_persons' as measure
    union all
    select 'stopped_persons' as measure
),

beneficiaries as (
    select
        case when p.reporting_unit = 'province' then {{ province_code('c.jurisdiction') }} else p.reporting_unit end as reporting_unit,
        p.dimension,
        p.dimension_value,
        p.person_id,
        p.persons,
        p.new_persons,
        p.stopped_persons,
        n.payment_no,
        n._period,
        n._file,
        n._line_no
    from {{ ref('int_report_benefit_persons') }} as p
    cross join {{ source('run', 'context') }} as c
    inner join newest_payments as n on p.person_id = n.person_id
),

dimensions as (
    select 'none' as dimension
    union all
    select 'unit_type' as dimension
),

insured as (
    select
        {{ report_record_unit('r') }} as reporting_unit,
        d.dimension,
        case d.dimension when 'unit_type' then r.unit_type else '' end as dimension_value,
        r.employer_id,
        r.person_no,
        r._period,
        r._file,
        r._line_no
    from {{ ref('int_report_premium_lines') }} as r
    cross join {{ source('run', 'context') }} as c
    cross join {{ report_record_levels() }} as u
    cross join dimensions as d
    where r.premium_due > 0
),

relief as (
    select
        {{ report_unit('p.region_code') }} as reporting_unit,
        p.region_code,
        p.unit_type,
        p.relief
    from {{ ref('premium_relief') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
    left join {{ ref('regions') }} as r on p.region_code = r.region_code
),

checks as (
    select
        'own_account' as reporting_unit,
        k.check_id,
        case when k.outcome = 'match' then 1 end as is_match,
        case when k.outcome = 'within' then 1 end as is_within,
        case when k.outcome = 'mismatch' then 1 end as is_mismatch,
        case when k.outcome = 'not_comparable' then 1 end as is_not_comparable
    from {{ ref('reconciliations') }} as k
    inner join {{ source('run', 'context') }} as c on k.period = c.period
),

circles as (
    select distinct
        'own_account' as reporting_unit,
        employer_id,
        1 as parent_circles
    from {{ ref('int_refund_facts') }}
    where has_parent_circle
),

claims_unknown as (
    select
        'own_account' as reporting_unit,
        claim_no,
        1 as months_unknown
    from {{ ref('int_benefit_claims') }}
    where recomputed_months is null and unemployed_on <= {{ month_end('period') }}
),

records as (
    {{ report_records_of('refund', 'decisions', 'refund_decisions', "concat(cast(r.programme_year as string), ' ', r.employer_id)", refund,
        ['decision', 'size_class', 'unit_type']) }}

    union all

    {{ report_records_of('refund', "(select * from " ~ ref('int_report_bank_lines') ~ " where programme = 'refund')", 'stg_programme_payments',
        "concat(r.batch_no, ' ', cast(r.line_no as string))", ['paid_in_month', 'returned_in_month']) }}

    union all

    {{ report_records_of('skill', "(select * from " ~ ref('int_report_bank_lines') ~ " where programme = 'skill_subsidy')",
        'stg_programme_payments', "concat(r.batch_no, ' ', cast(r.line_no as string))", ['paid_in_month', 'returned_in_month']) }}

    union all

    {{ report_records_of('skill', '(select *, level_code as level from applications)', 'skill_decisions', person_of_application, skill,
        ['decision', 'level']) }}

    union all

    {{ report_records_of('r.section', "(select b.*, p.area as section from " ~ ref('int_report_bank_lines') ~ " as b inner join " ~ ref('programmes')
        ~ " as p on b.programme = p.programme and p.has_general_report)", 'stg_programme_payments',
        "concat(r.batch_no, ' ', cast(r.line_no as string))", ['paid_in_month', 'returned_in_month']) }}

    union all

    {{ report_records_of('r.section', ref('int_report_application_decisions'), 'r.record', person_of_application, skill, ['decision']) }}

    union all

    {{ report_records_of('benefits', '(select *, 1 as months from ' ~ ref('int_report_benefit_payments') ~ ' where is_this_month)',
        'stg_benefit_payments', person_of_payment, ['months', 'amount'], ['benefit_kind']) }}

    union all

    {{ report_records_of('premium', ref('int_report_premium_lines'), 'stg_contributions', 'r.employer_id',
        ['pay_base', 'premium_due', 'premium_received'], ['unit_type']) }}

    union all

    {{ report_records_of('premium', 'relief', 'premium_relief', "concat(r.region_code, ' ', r.unit_type)", ['relief'], ['unit_type'],
        has_line=false) }}

    union all

    {{ report_records_of('fund', ref('int_report_fund_lines'), 'stg_fund_ledger', "concat(r.region_code, ' ', substr(cast(r.month as string), 1, 7), ' ', r.item)",
        fund, ['item'], left_out_of_province='r.is_interlevel') }}

    union all

    {{ report_records_of('recovery', ref('int_report_recovery_lines'), 'r.record', 'r.record_key',
        ['demanded', 'repaid', 'waived', 'open_cases', 'outstanding', 'overdue', 'not_yet_demanded']) }}

    union all

    {{ report_records_of('risk', ref('int_report_leads'), 'risk_leads', 'r.lead_id',
        ['raised', 'raised_new', 'still_open', 'confirmed', 'dismissed', 'gone', 'amount_at_stake'], ['rule_id'], has_line=false) }}

    union all

    {{ report_records_of('risk', ref('int_report_incidents'), 'incidents', "cast(r.lead_ids as string)", ['incidents', 'incident_amount'],
        ['item'], has_line=false) }}

    union all

    {{ report_records_of('quality', '(select *, file_name as _file, cast(null as bigint) as _line_no from ' ~ ref('int_report_files')
        ~ ' where is_this_month = 1)', 'extract_files', 'r.file_name', ['files', 'rows_read', 'rows_accepted', 'rows_rejected'], ['item']) }}

    union all

    select
        u.section,
        u.measure,
        'rule_id' as dimension,
        u.rule_id as dimension_value,
        {{ report_record_unit('u', 'l') }} as reporting_unit,
        u.record,
        u.record_key,
        cast(u.amount as decimal(18, 6)) as amount,
        u._period,
        u._file,
        u._line_no
    from rules as u
    cross join {{ source('run', 'context') }} as c
    cross join {{ report_record_levels() }} as l

    union all

    select
        section,
        measure,
        'none' as dimension,
        '' as dimension_value,
        reporting_unit,
        record,
        record_key,
        cast(amount as decimal(18, 6)) as amount,
        _period,
        _file,
        _line_no
    from people

    union all

    select
        'benefits' as section,
        m.measure,
        r.dimension,
        r.dimension_value,
        r.reporting_unit,
        'stg_benefit_payments' as record,
        {{ person_of_payment }} as record_key,
        cast(
            case m.measure when 'persons' then r.persons when 'new_persons' then r.new_persons when 'stopped_persons' then r.stopped_persons end
            as decimal(18, 6)
        ) as amount,
        r._period,
        r._file,
        r._line_no
    from beneficiaries as r
    cross join measures_of_persons as m

    union all

    select
        'premium' as section,
        'insured' as measure,
        dimension,
        dimension_value,
        reporting_unit,
        'stg_contributions' as record,
        employer_id as record_key,
        cast(
            case
                when row_number() over (partition by reporting_unit, dimension, dimension_value, person_no order by employer_id, _file, _line_no) = 1
                    then 1
                else 0
            end as decimal(18, 6)
        ) as amount,
        _period,
        _file,
        _line_no
    from insured

    {%- for measure in ['reserve_months', 'gate_open', 'opening_change', 'rolling_reserve_months'] %}

    union all

    -- Not a sum of lines, but worked out from them.
    select
        'fund' as section,
        '{{ measure }}' as measure,
        'none' as dimension,
        '' as dimension_value,
        {{ report_record_unit('r') }} as reporting_unit,
        'stg_fund_ledger' as record,
        concat(r.region_code, ' ', substr(cast(r.month as string), 1, 7), ' ', r.item) as record_key,
        cast(null as decimal(18, 6)) as amount,
        r._period,
        r._file,
        r._line_no
    from {{ ref('int_report_fund_lines') }} as r
    cross join {{ source('run', 'context') }} as c
    cross join {{ report_record_levels() }} as u
    where
        r.is_shown and not (u.is_province and r.is_interlevel)
        and {{ 'r.balance_previous_year is not null' if measure in ['reserve_months', 'gate_open'] else 'true' }}
    {%- endfor %}

    {%- for measure in ['required', 'covered', 'shortfall'] %}

    union all

    {{ report_records_of_province('fund', measure, 'item', 'p.programme', 'fund_priority_plan', 'p.programme', 'p.' ~ measure,
        ref('fund_priority_plan') ~ ' as p inner join ' ~ source('run', 'context') ~ ' as c on p.period = c.period') }}
    {%- endfor %}

    {%- for measure, column in [('projected_balance', 'balance'), ('projected_reserve_months', 'reserve_months')] %}

    union all

    {{ report_records_of_province('fund', measure, 'item', 'p.scenario', 'fund_projection',
        "concat(p.scenario, ' ', substr(cast(p.month as string), 1, 7))", 'p.' ~ column,
        ref('fund_projection') ~ ' as p inner join ' ~ source('run', 'context') ~ ' as c on p.period = c.period and p.month = ' ~ add_months('c.period', 12)) }}
    {%- endfor %}

    union all

    {{ report_records_of('quality', 'checks', 'reconciliations', 'r.check_id', {'match': 'is_match', 'within': 'is_within',
        'mismatch': 'is_mismatch', 'not_comparable': 'is_not_comparable'}, has_line=false) }}

    union all

    {{ report_records_of('quality', 'circles', 'stg_enterprise_size', 'r.employer_id', ['parent_circles'], has_line=false) }}

    union all

    {{ report_records_of('quality', 'claims_unknown', 'stg_benefit_claims', 'r.claim_no', ['months_unknown'], has_line=false) }}

    union all

    {{ report_records_of_province('quality', 'lists_missing', 'item', 'p.list_id', 'parameters', "concat(p.item, ' ', p.list_id)", '1',
        ref('int_report_lists_missing') ~ ' as p cross join ' ~ source('run', 'context') ~ ' as c') }}

    union all

    {{ report_records_of_province('quality', 'difference', 'item', 'p.check_id', 'reconciliations', 'p.check_id', 'p.difference',
        ref('reconciliations') ~ ' as p inner join ' ~ source('run', 'context') ~ ' as c on p.period = c.period') }}

    {%- for measure, dimension, item, figure, relation in [
        ('assumptions', 'none', "''", '1', ref('int_report_parameters_in_force') ~ " as p cross join " ~ source('run', 'context')
            ~ " as c where p.basis = 'assumption'"),
        ('assumptions', 'item', 'p.parameter', '1', ref('int_report_parameters_in_force') ~ " as p cross join " ~ source('run', 'context')
            ~ " as c where p.basis = 'assumption'"),
        ('carried_forward', 'none', "''", '1', ref('int_report_parameters_in_force') ~ ' as p cross join ' ~ source('run', 'context')
            ~ ' as c where p.carried_forward'),
        ('carried_forward', 'item', 'p.parameter', '1', ref('int_report_parameters_in_force') ~ ' as p cross join '
            ~ source('run', 'context') ~ ' as c where p.carried_forward'),
        ('parameter_value', 'item', 'p.parameter', 'p.number', ref('int_report_parameters_in_force') ~ ' as p cross join '
            ~ source('run', 'context') ~ ' as c where p.number is not null'),
    ] %}

    union all

    {{ report_records_of_province('parameters', measure, dimension, item, 'parameters',
        "concat(p.parameter, ' ', p.document_id, ' ', coalesce(p.article, ''))", figure, relation) }}
    {%- endfor %}

    {%- for measure, dimension, item, figure in [('lapsing', 'none', "''", '1'), ('days_left', 'item', 'p.item', 'p.days_left')] %}

    union all

    {{ report_records_of_province('parameters', measure, dimension, item, 'parameters', 'p.item', figure,
        ref('int_report_lapsing') ~ ' as p cross join ' ~ source('run', 'context') ~ ' as c') }}
    {%- endfor %}
)

select
    section,
    measure,
    dimension,
    dimension_value,
    reporting_unit,
    record,
    record_key,
    amount,
    _period as period,
    _file as file,
    _line_no as line
from records
