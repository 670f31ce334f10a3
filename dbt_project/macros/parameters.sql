{# Parameters by subject. A row of `policy.rows` holds for a subject whose region its jurisdiction contains and which meets its condition; of
   the rows that hold, the most specific jurisdiction decides, then the one with more conditions, then a scenario's, then the later start.

   Subjects are many and the rows that ask something of them few, so a subject is first reduced to its profile: the day, and the scopes
   (jurisdiction and condition) that hold for it besides those that hold for everyone. Rows are then chosen once a profile.

     subjects  relation with one row per subject: subject (text, unique), day, region_code, unit_type, size_class, industry_section,
               industry_division, is_dispatch, uscc
     names     list of parameters
   1. subject_scopes(subjects, names)                      subject, scope, is_possible
   2. subject_profiles(subjects, scopes)                   subject, day, profile
   3. profile_parameters(profiles, scopes, names)          profile, parameter and the rows that hold, in their order

   `is_possible`: the scope asks for a list that was never delivered. It does not hold; a rule may ask whether it would change the value. #}

{# The columns of a subject that is a region alone: no condition of an employer can be met. #}
{% macro no_employer() -%}
    cast(null as string) as unit_type,
        cast(null as string) as size_class,
        cast(null as string) as industry_section,
        cast(null as string) as industry_division,
        cast(null as boolean) as is_dispatch,
        cast(null as string) as uscc
{%- endmacro %}

{% macro subject_scopes(subjects, names) -%}
    select
        s.subject,
        c.scope,
        not (c.cond_list is null or l.uscc is not null) as is_possible
    from {{ subjects }} as s
    cross join (
        select distinct {{ scope_text('r') }} as scope, {{ scope_columns('r') }}
        from {{ source('policy', 'rows') }} as r
        where r.parameter in {{ sql_list(names) }} and not {{ is_for_everyone('r') }}
    ) as c
    left join {{ ref('stg_employer_lists') }} as l
        on c.cond_list = l.list_id and s.uscc = l.uscc and s.day >= l.valid_from and (s.day <= l.valid_to or l.valid_to is null)
    where
        {{ scope_holds('c', 's') }}
        and (
            c.cond_list is null
            or l.uscc is not null
            or not exists (select 1 from {{ ref('stg_employer_lists') }} as d where d.list_id = c.cond_list)
        )
{%- endmacro %}

{% macro subject_profiles(subjects, scopes) -%}
    select
        s.subject,
        s.day,
        concat(cast(s.day as string), coalesce(concat(' ', k.scopes), '')) as profile
    from {{ subjects }} as s
    left join (
        select
            k.subject,
            {{ join_texts(ordered_list("case when k.is_possible then concat('?', k.scope) else k.scope end", 'k.scope', 'k.scope is not null'), ';') }}
                as scopes
        from {{ scopes }} as k
        group by k.subject
    ) as k on s.subject = k.subject
{%- endmacro %}

{# kept: parameters that keep their last value on a day without a row. #}
{% macro profile_parameters(profiles, scopes, names, kept=none) -%}
    select
        profile,
        day,
        parameter,
        cast(case when not is_possible then
            sum(case when is_possible then 0 else 1 end) over (partition by profile, parameter order by precedence)
        end as integer) as place,
        cast(precedence as integer) as precedence,
        is_possible,
        row_id,
        value,
        basis,
        jurisdiction,
        applies_to,
        valid_from,
        valid_to,
        document_id,
        article
    from (
        select
            p.profile,
            p.day,
            r.*,
            coalesce(k.is_possible, false) as is_possible,
            row_number() over (
                partition by p.profile, r.parameter
                order by
                    {{ days_from_row('r', 'p.day') }},
                    r.jurisdiction_rank desc, r.conditions desc, r.layer desc, r.valid_from desc, r.row_id desc
            ) as precedence
        from (select profile, day, min(subject) as subject from {{ profiles }} group by profile, day) as p
        inner join {{ source('policy', 'rows') }} as r
            on
                r.parameter in {{ sql_list(names) }}
                and (p.day between r.valid_from and r.valid_to or r.parameter in {{ sql_list(kept or kept_parameters()) }})
        left join {{ scopes }} as k on p.subject = k.subject and {{ scope_text('r') }} = k.scope
        where {{ is_for_everyone('r') }} or k.subject is not null
    ) as candidates
{%- endmacro %}

{# Parameters that keep their last value on a day without a row, before the first one the first. #}
{% macro kept_parameters() -%} {{ return(['refund_exclude_sanctioned']) }} {%- endmacro %}

{# How far a day lies from a row's days: nothing inside, then the last before it, then the first after it. #}
{% macro days_from_row(row, day) -%}
    case
        when {{ row }}.valid_to < {{ day }} then {{ days_between(row ~ '.valid_to', day) }}
        when {{ row }}.valid_from > {{ day }} then 100000 + {{ days_between(day, row ~ '.valid_from') }}
        else 0
    end
{%- endmacro %}

{# The row that decides a parameter, for a join on the profile: profile, parameter, value, document_id, article. #}
{% macro profile_row(relation, name) -%}
    (
        select r.profile, r.parameter, r.value, r.document_id, r.article
        from {{ relation }} as r
        where r.parameter = '{{ name }}' and r.place = 1
    )
{%- endmacro %}

{% macro scope_text(row) -%} concat({{ row }}.jurisdiction, ' ', coalesce({{ row }}.applies_to, '')) {%- endmacro %}

{% macro scope_columns(row) -%}
    {{ row }}.jurisdiction, {{ row }}.cond_list, {{ row }}.cond_unit_type, {{ row }}.cond_size_class, {{ row }}.cond_industry,
    {{ row }}.cond_is_dispatch
{%- endmacro %}

{# The nation's and the province's rows without a condition hold for every subject. #}
{% macro is_for_everyone(row) -%} ({{ row }}.jurisdiction_rank <= 2 and {{ row }}.conditions = 0) {%- endmacro %}

{# Does a jurisdiction contain the subject's region, and does the subject meet the condition, a list aside? #}
{% macro scope_holds(scope, subject) -%}
    {{ contains_region(scope ~ '.jurisdiction', subject ~ '.region_code') }}
    and ({{ scope }}.cond_unit_type is null or {{ scope }}.cond_unit_type = {{ subject }}.unit_type)
    and ({{ scope }}.cond_size_class is null or {{ scope }}.cond_size_class = {{ subject }}.size_class)
    and ({{ scope }}.cond_industry is null or {{ scope }}.cond_industry in ({{ subject }}.industry_section, {{ subject }}.industry_division))
    and ({{ scope }}.cond_is_dispatch is null or {{ scope }}.cond_is_dispatch = {{ subject }}.is_dispatch)
{%- endmacro %}

{# Nation, province, city (four digits) and county. #}
{% macro contains_region(jurisdiction, region) -%}
    {{ jurisdiction }} in (
        '000000', concat(substr({{ region }}, 1, 2), '0000'), concat(substr({{ region }}, 1, 4), '00'), {{ region }}
    )
{%- endmacro %}

{# A subject from elsewhere, or without a region, takes the jurisdiction's own rows. #}
{% macro subject_region(region, jurisdiction) -%}
    case when {{ contains_region(jurisdiction, region) }} then {{ region }} else {{ jurisdiction }} end
{%- endmacro %}

{# Division (two digits) of an industry code; null where it is a letter alone. #}
{% macro industry_division(code) -%}
    nullif(substr(case when substr({{ code }}, 1, 1) between 'A' and 'Z' then substr({{ code }}, 2) else {{ code }} end, 1, 2), '')
{%- endmacro %}

{# Section (letter) of an industry code, where `division` is the section of its division by the seed industry_classes. #}
{% macro industry_section(code, section_of_division) -%}
    case when substr({{ code }}, 1, 1) between 'A' and 'Z' then substr({{ code }}, 1, 1) else {{ section_of_division }} end
{%- endmacro %}

{% macro sql_list(names) -%} ({% for name in names %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}) {%- endmacro %}
