{# Among rows of one key the later period wins; within a period the later-named file, by code points; within it the later line.
   A voided row (有效标志 0) takes the key with it. #}
{% macro version_order() -%} _period desc, _file desc, _seq desc {%- endmacro %}

{# Newest version of each key of an event source; `relation` narrows the rows first (all versions of a key must stay together). #}
{% macro newest_event_rows(relation, key, columns) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from {{ relation }}
    ) as versions
    where _version = 1 and is_valid
{%- endmacro %}

{# A snapshot: the relation holds the newest period's files only; a key found twice: the later-named file, the later line. #}
{% macro newest_snapshot_rows(relation, key, columns) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from {{ relation }}
    ) as versions
    where _version = 1
{%- endmacro %}

{# Employers: the newest period in which a region code occurs is the whole state of that region; an employer in two: the newer period. #}
{% macro newest_region_snapshot_rows(relation, key, columns) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from (
            select *, max(_period) over (partition by region_code) as _region_period
            from {{ relation }}
        ) as regions
        where _period = _region_period
    ) as versions
    where _version = 1
{%- endmacro %}
