// Package {{package}} is a plugin of {{name}}.
package {{package}}

import (
	"fmt"
	"io"

	"{{module}}/{{api}}"
)

// Plugin returns the plugin. plugins.go calls it once, when the program starts.
func Plugin() {{api}}.Plugin {
	return plugin{}
}

type plugin struct{}

func (plugin) Name() string { return "{{plugin}}" }

func (plugin) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, "hello from {{plugin}}")
	return err
}
