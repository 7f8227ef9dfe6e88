module example.com/image-server

go 1.24

require (
	example.com/image-server/api v0.0.0
	github.com/ungerik/go-cairo v0.0.0-20210317133935-984b32e6bac6
)

// For work in this folder alone: plain `go build` makes the server without plugins.
replace example.com/image-server/api => ../api
