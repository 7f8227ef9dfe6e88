module {{module}}/plugins/{{plugin}}

go 1.24

require {{module}}/{{api}} v0.0.0

// For work in this folder alone; in an app, the app's go.mod decides.
replace {{module}}/{{api}} => ../../{{api}}
