module example.com/image-server/api

go 1.24

require github.com/ungerik/go-cairo v0.0.0-20210317133935-984b32e6bac6
