module example.com/hello/plugins/greet

go 1.24
