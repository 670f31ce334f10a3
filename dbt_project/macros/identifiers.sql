{# A credit code where it is shown: one that is a citizen number (area 11 to 83, a day of birth in places 7 to 14) is masked. #}
{% macro shown_uscc(value) -%}
    case
        when length({{ value }}) = 18 and translate(substr({{ value }}, 1, 17), '0123456789', '') = ''
            and substr({{ value }}, 1, 2) between '11' and '83' and substr({{ value }}, 7, 2) in ('18', '19', '20')
            and substr({{ value }}, 11, 2) between '01' and '12' and substr({{ value }}, 13, 2) between '01' and '31'
            then {{ masked_id(value) }}
        else {{ value }}
    end
{%- endmacro %}
