-- The parameters in force for each application: by the day hired, the employer's region and its conditions.
{{ parameters_for(ref('int_expansion_applications'), 'expansion_', kept=['refund_exclude_sanctioned']) }}
