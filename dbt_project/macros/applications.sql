{# What programmes that are applied for share: who may set their parameters, their windows, their rules and their decisions. A relation of
   subjects has application_no, parameter_region, parameter_day, and of the employer uscc, unit_type, industry_code, is_dispatch. #}

{# The region whose rows a subject takes: its own where it lies in the province, else the province's. #}
{% macro region_of_parameters(region_code, jurisdiction) -%}
    case
        when substr({{ region_code }}, 1, 2) = substr({{ jurisdiction }}, 1, 2) then {{ region_code }}
        else {{ jurisdiction }}
    end
{%- endmacro %}

{# Does a row of policy.rows or policy.windows hold for a subject: its jurisdiction contains the region, its condition is met? #}
{% macro row_holds_for(row, subject) -%}
    (
        {{ contains_region(row ~ '.jurisdiction', subject ~ '.parameter_region') }}
        and ({{ row }}.cond_unit_type is null or {{ row }}.cond_unit_type = {{ subject }}.unit_type)
        and ({{ row }}.cond_is_dispatch is null or {{ row }}.cond_is_dispatch = {{ subject }}.is_dispatch)
        and (
            {{ row }}.cond_industry is null
            or {{ row }}.cond_industry in (
                {{ industry_section(subject ~ '.industry_code', 'cast(null as string)') }}, {{ industry_division(subject ~ '.industry_code') }}
            )
            or exists (
                select 1 from {{ ref('industry_classes') }} as i
                where
                    i.key_kind = 'division'
                    and i.code_key = {{ industry_division(subject ~ '.industry_code') }}
                    and i.section = {{ row }}.cond_industry
            )
        )
        and {{ row }}.cond_size_class is null
        and (
            {{ row }}.cond_list is null
            or exists (
                select 1 from {{ ref('stg_employer_lists') }} as m
                where
                    m.list_id = {{ row }}.cond_list
                    and m.uscc = {{ subject }}.uscc
                    and m.valid_from <= {{ subject }}.parameter_day
                    and coalesce(m.valid_to, {{ subject }}.parameter_day) >= {{ subject }}.parameter_day
            )
        )
    )
{%- endmacro %}

{# One row per subject and parameter of a programme: the row in force on its day, the most specific jurisdiction first, then the most
   conditions, then the latest start. `kept`: parameters of the refund that it reads too; without a row of the day the last one before it is
   kept, before the first the first. #}
{% macro parameters_for(subjects, prefix, kept=[]) -%}
    select
        application_no,
        parameter,
        value,
        basis,
        document_id,
        article
    from (
        select
            s.application_no,
            r.parameter,
            r.value,
            r.basis,
            r.document_id,
            r.article,
            row_number() over (
                partition by s.application_no, r.parameter
                order by
                    case when s.parameter_day between r.valid_from and r.valid_to then 0 when r.valid_to < s.parameter_day then 1 else 2 end,
                    case when r.valid_to < s.parameter_day then r.valid_to end desc,
                    case when r.valid_from > s.parameter_day then r.valid_from end,
                    r.jurisdiction_rank desc,
                    r.conditions desc,
                    r.layer desc,
                    r.valid_from desc,
                    r.row_id desc
            ) as place
        from {{ subjects }} as s
        inner join {{ source('policy', 'rows') }} as r
            on
                (r.parameter like '{{ prefix }}%' and s.parameter_day between r.valid_from and r.valid_to)
                {%- for name in kept %}
                or r.parameter = '{{ name }}'
                {%- endfor %}
        where {{ row_holds_for('r', 's') }}
    ) as found
    where place = 1
{%- endmacro %}

{# One row per subject: the programme year whose window holds its day, the newest of several, and that window; `is_awaiting_notice` where
   the day lies after the last window known. Of one programme year the most specific window counts. #}
{% macro windows_for(programme, subjects) -%}
    select
        application_no,
        max(case when is_inside then programme_year end) as programme_year,
        max_by(window_from, case when is_inside then programme_year end) as window_from,
        max_by(window_to, case when is_inside then programme_year end) as window_to,
        max_by(document_id, case when is_inside then programme_year end) as programme_document_id,
        max_by(article, case when is_inside then programme_year end) as programme_article,
        max(window_to) < max(parameter_day) as is_awaiting_notice
    from (
        select
            s.application_no,
            s.parameter_day,
            w.programme_year,
            w.window_from,
            w.window_to,
            w.document_id,
            w.article,
            s.parameter_day between w.window_from and w.window_to as is_inside,
            row_number() over (
                partition by s.application_no, w.programme_year
                order by w.jurisdiction_rank desc, w.conditions desc, w.row_id desc
            ) as place
        from {{ subjects }} as s
        inner join {{ source('policy', 'windows') }} as w on w.programme = '{{ programme }}'
        where {{ row_holds_for('w', 's') }}
    ) as found
    where place = 1
    group by application_no
{%- endmacro %}

{# One row per application with objections raised from its day of application on, in their state at the period's end. #}
{% macro objections_to(programme, applications) -%}
    select
        a.application_no,
        max(case when o.outcome = 'upheld' and o.resolved_on <= a.period_end then 1 else 0 end) = 1 as has_upheld_objection,
        max(case when o.outcome is not null and o.resolved_on <= a.period_end then 0 else 1 end) = 1 as has_open_objection
    from {{ applications }} as a
    inner join {{ ref('stg_notice_objections') }} as o
        on
            o.programme = '{{ programme }}'
            and a.application_no = o.subject_id
            and o.raised_on between a.applied_on and a.period_end
    group by a.application_no
{%- endmacro %}

{# One row per application that a person decided on: the newest outcome by the period's end. #}
{% macro reviews_of(programme) -%}
    select
        r.subject_id as application_no,
        max_by(r.outcome, r.decided_on) as review_outcome,
        max(r.decided_on) as review_decided_on
    from {{ ref('stg_review_outcomes') }} as r
    inner join {{ source('run', 'context') }} as c on r.decided_on <= c.period_end
    where r.programme = '{{ programme }}'
    group by r.subject_id
{%- endmacro %}

{# One row per application that was paid or has repaid, as known at the period's end. Money demanded back and returned counts as not paid. #}
{% macro payments_of(programme) -%}
    select
        application_no,
        cast(sum(paid) as decimal(18, 2)) as paid_amount,
        cast(sum(returned) as decimal(18, 2)) as returned_amount,
        cast(greatest(0, sum(paid) - sum(repaid)) as decimal(18, 2)) as net_paid
    from (
        select
            p.payee_id as application_no,
            case when p.result = 'paid' then p.amount else 0 end as paid,
            case when p.result = 'returned' then p.amount else 0 end as returned,
            0 as repaid
        from {{ ref('stg_programme_payments') }} as p
        inner join {{ source('run', 'context') }} as c on p.paid_on <= c.period_end
        where p.programme = '{{ programme }}'

        union all

        select
            r.subject_id as application_no,
            0 as paid,
            0 as returned,
            r.amount as repaid
        from {{ ref('stg_recoveries') }} as r
        inner join {{ source('run', 'context') }} as c on r.on_date <= c.period_end
        where r.programme = '{{ programme }}' and r.kind = 'repaid'
    ) as lines
    group by application_no
{%- endmacro %}

{# One rule of a programme as a model. `facts`: one row per application; `parameters`: the rows in force for it. `outcome`, `observed` and
   `limit_value` are SQL over `f` (the facts) and `p` (the parameter's row). A day outside every window is judged by the window alone. The
   citation is the parameter's; of a rule without one the registered clause, if its document is no younger than the window, else the
   programme's. #}
{% macro application_rule(rule_id, facts, outcome, observed, parameters=none, limit_value="cast(null as string)", parameter=none) -%}
    {%- set is_window = rule_id.endswith('.window') -%}
    {%- set rule = registered_rules() | selectattr('id', 'equalto', rule_id) | first -%}
    select
        f.period,
        f.application_no,
        '{{ rule_id }}' as rule_id,
        {% if is_window -%} {{ outcome }} {%- else -%} case when f.has_window then {{ outcome }} else 'not_applicable' end {%- endif %} as outcome,
        cast({{ observed }} as string) as observed,
        cast({{ limit_value }} as string) as limit_value,
        cast({{ "'" ~ parameter ~ "'" if parameter else 'null' }} as string) as parameter,
        {% if parameters -%}
        coalesce(p.document_id, f.programme_document_id) as document_id,
        case when p.document_id is not null then p.article else f.programme_article end as article
    from {{ facts }} as f
    left join {{ parameters }} as p on f.application_no = p.application_no and p.parameter = '{{ parameter }}'
        {%- elif is_window -%}
        f.programme_document_id as document_id,
        f.programme_article as article
    from {{ facts }} as f
        {%- else -%}
        case when d.dated <= f.window_to then d.document_id else f.programme_document_id end as document_id,
        case when d.dated <= f.window_to then {{ registered_text(rule.article) if rule else 'null' }} else f.programme_article end as article
    from {{ facts }} as f
    left join {{ source('policy', 'documents') }} as d on d.document_id = {{ registered_text(rule.document_id) if rule else 'null' }}
        {%- endif %}
{%- endmacro %}

{# The outcomes of the period in a table of outcomes, with each rule's place. #}
{% macro ranked_outcomes(outcomes) -%}
    (
        select
            o.*,
            r.rank as rule_rank
        from {{ outcomes }} as o
        inner join {{ source('run', 'context') }} as c on o.period = c.period
        inner join {{ ref('rules') }} as r on o.rule_id = r.rule_id
    )
{%- endmacro %}

{# The verdict that outcomes lead to, one row per application: any fail, else any unknown that no approval answers. #}
{% macro application_verdicts(programme, facts, outcomes) -%}
    select
        f.application_no,
        coalesce(o.failed_rules, {{ empty_list() }}) as failed_rules,
        coalesce(o.unknown_rules, {{ empty_list() }}) as unknown_rules,
        case
            when o.fails > 0 then 'ineligible'
            when coalesce(o.unknowns, 0) = 0 then 'eligible'
            when f.has_window and f.review_outcome = 'approved' and o.firm_unknowns = 0 then 'eligible'
            else 'review'
        end as decision
    from {{ facts }} as f
    left join (
        select
            application_no,
            {{ ordered_list('rule_id', 'rule_rank', "outcome = 'fail'") }} as failed_rules,
            {{ ordered_list('rule_id', 'rule_rank', "outcome = 'unknown'") }} as unknown_rules,
            count(case when outcome = 'fail' then 1 end) as fails,
            count(case when outcome = 'unknown' then 1 end) as unknowns,
            count(case when outcome = 'unknown' and rule_id in {{ needs_answer(programme) }} then 1 end) as firm_unknowns
        from {{ outcomes }}
        group by application_no
    ) as o on f.application_no = o.application_no
{%- endmacro %}

{# The decisions of a programme: its facts with verdict and money. `columns`: those of the facts that stand first in the table; the facts
   bring `full_amount`, what an application gets if no rule refuses it. #}
{% macro application_decisions(programme, facts, outcomes, columns, after=[]) -%}
    select
        f.period,
        {% for column in columns -%}
        f.{{ column }},
        {% endfor -%}
        cast(case when v.decision in ('eligible', 'review') then f.full_amount else 0 end as decimal(18, 2)) as amount,
        {% for column in after -%}
        f.{{ column }},
        {% endfor -%}
        v.decision,
        v.failed_rules,
        v.unknown_rules,
        cast(coalesce(p.paid_amount, 0) as decimal(18, 2)) as paid_amount,
        cast(
            case when v.decision = 'eligible' then greatest(0, f.full_amount - coalesce(p.net_paid, 0)) else 0 end
        as decimal(18, 2)) as payable_amount,
        cast(
            greatest(0, coalesce(p.net_paid, 0) - case when v.decision in ('eligible', 'review') then f.full_amount else 0 end)
        as decimal(18, 2)) as recoverable_amount,
        cast(coalesce(p.returned_amount, 0) as decimal(18, 2)) as returned_amount,
        f.programme_year,
        cast(coalesce(p.net_paid, 0) as decimal(18, 2)) as net_paid_amount
    from {{ facts }} as f
    inner join ({{ application_verdicts(programme, facts, outcomes) }}) as v on f.application_no = v.application_no
    left join ({{ payments_of(programme) }}) as p on f.application_no = p.application_no
    order by f.application_no
{%- endmacro %}
