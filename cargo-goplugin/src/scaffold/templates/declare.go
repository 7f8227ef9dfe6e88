package main
{{imports}}
// plugins is filled by plugins.go, which `cargo goplugin` writes when it puts plugins in.
var plugins []{{type}}
