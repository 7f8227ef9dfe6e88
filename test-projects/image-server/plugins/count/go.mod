module example.com/image-server/plugins/count

go 1.24

require (
	example.com/image-server/api v0.0.0
	github.com/ungerik/go-cairo v0.0.0-20210317133935-984b32e6bac6
)

// For work in this folder alone; in an app, the app's go.mod decides.
replace example.com/image-server/api => ../../api
