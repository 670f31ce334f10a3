{# Parameters of the skill subsidy with their types. #}
{% macro skill_parameters() -%}
    {{ return([
        ('skill_amount_5', 'decimal'), ('skill_amount_4', 'decimal'), ('skill_amount_3', 'decimal'), ('skill_in_province_only', 'yes_no'),
        ('skill_apply_within_months', 'int'), ('skill_insured_measured_at', 'text'), ('skill_min_insured_months', 'int'),
        ('skill_unit_types', 'text'), ('skill_max_per_year', 'int'), ('skill_scarce_extra', 'int'), ('skill_review_over_per_year', 'int'),
        ('skill_parameters_by', 'text')
    ]) }}
{%- endmacro %}

{% macro skill_parameter_names() -%} {{ return(skill_parameters() | map('first') | list) }} {%- endmacro %}

{# Those without which no application can be judged; the others have a plain meaning where a province names none. #}
{% macro skill_needed_names() -%}
    {{ return(skill_parameter_names() | reject('in', ['skill_scarce_extra', 'skill_parameters_by']) | list) }}
{%- endmacro %}

{# Those that a province may take of the day of issue. #}
{% macro skill_names_by_issue() -%}
    {{ return(['skill_amount_5', 'skill_amount_4', 'skill_amount_3', 'skill_min_insured_months']) }}
{%- endmacro %}

{# The yearly cap after so many approvals in the year: occupations on the list of scarce ones (急需紧缺职业) may have more. #}
{% macro yearly_cap(approved_before, row) -%}
    case
        when {{ approved_before }} < {{ row }}.skill_max_per_year then 'pass'
        when {{ approved_before }} >= {{ row }}.skill_max_per_year + {{ row }}.skill_scarce_extra then 'fail'
        when not {{ row }}.has_certificate then 'fail'
        when not {{ row }}.is_scarce_list_known then 'unknown'
        when {{ row }}.is_scarce then 'pass'
        else 'fail'
    end
{%- endmacro %}

{# One rule as a model. `facts`: the relation it reads, one row per application. `outcome`, `observed`, `limit_value`: SQL over `f` (the
   facts) and `p` (the row of the parameter that decides). On a day without parameters only the window is judged. The citation is the
   parameter's; for a rule without one the clause of the rules table, as far as its document is no younger than the window, else the
   programme's own document. #}
{% macro skill_rule(rule_id, facts, outcome, observed, limit_value="cast(null as string)", parameter=none) -%}
    {%- set has_value = parameter and parameter != 'skill_window' -%}
    select
        f.period,
        f.application_no,
        '{{ rule_id }}' as rule_id,
        {% if rule_id == 'skill.window' -%}
        {{ outcome }} as outcome,
        {% else -%}
        case when f.has_parameters then {{ outcome }} else 'not_applicable' end as outcome,
        {% endif -%}
        cast({{ observed }} as string) as observed,
        cast({{ limit_value }} as string) as limit_value,
        cast({{ "'" ~ parameter ~ "'" if parameter else 'null' }} as string) as parameter,
        {% if has_value -%}
        case when p.document_id is not null then p.document_id else f.programme_document_id end as document_id,
        case when p.document_id is not null then p.article else f.programme_article end as article
        {% elif rule_id == 'skill.window' -%}
        f.programme_document_id as document_id,
        f.programme_article as article
        {% else -%}
        case when d.dated <= f.window_to then r.document_id else f.programme_document_id end as document_id,
        case when d.dated <= f.window_to then r.article else f.programme_article end as article
        {% endif -%}
    from {{ facts }} as f
    {% if has_value -%}
    {% if parameter == 'reserve_months_min' -%}
    left join {{ source('policy', 'parameters') }} as p
        on p.parameter = '{{ parameter }}' and f.applied_on between p.valid_from and p.valid_to
    {%- else -%}
    left join {{ profile_row(ref('int_skill_parameters'), parameter) }} as p on f.profile = p.profile
    {%- endif %}
    {%- elif rule_id != 'skill.window' %}
    left join {{ ref('rules') }} as r on r.rule_id = '{{ rule_id }}'
    left join {{ source('policy', 'documents') }} as d on r.document_id = d.document_id
    {%- endif %}
{%- endmacro %}

{# A day as text, the same on every engine. #}
{% macro day_text(day) -%} cast({{ day }} as string) {%- endmacro %}

{# Is an application within the yearly cap, counting what a person has answered? #}
{% macro is_within_cap(approved_before, row) -%}
    ({{ yearly_cap(approved_before, row) }} = 'pass' or ({{ row }}.is_answered and {{ yearly_cap(approved_before, row) }} = 'unknown'))
{%- endmacro %}
