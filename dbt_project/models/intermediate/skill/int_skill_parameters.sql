-- The rows that hold for each profile of region and day, parameter by parameter, in the order in which they go before each other.
with scopes as (
    {{ subject_scopes(ref('int_skill_days'), skill_parameter_names()) }}
)

{{ profile_parameters(ref('int_skill_profiles'), 'scopes', skill_parameter_names()) }}
