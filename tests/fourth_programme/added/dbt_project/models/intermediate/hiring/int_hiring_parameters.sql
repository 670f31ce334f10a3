-- The parameters in force for each application.
{{ parameters_for(ref('int_hiring_applications'), 'hiring_') }}
