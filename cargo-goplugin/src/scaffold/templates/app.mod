module {{module}}

go 1.24

require {{module}}/{{api}} v0.0.0

// For work in this folder alone: plain `go build` makes the app without plugins.
replace {{module}}/{{api}} => ../{{api}}
