// Command {{name}} runs its plugins, one after another.
package main

import (
	"fmt"
	"io"
	"os"

	"{{module}}/{{api}}"
)

// plugins is filled by plugins.go, which `cargo goplugin` writes when it puts plugins in.
var plugins []{{api}}.Plugin

func main() {
	if err := run(os.Stdout, plugins); err != nil {
		fmt.Fprintf(os.Stderr, "{{name}}: %v\n", err)
		os.Exit(1)
	}
}

// run lets each plugin do its work, in the order in which they were registered.
func run(out io.Writer, plugins []{{api}}.Plugin) error {
	if len(plugins) == 0 {
		_, err := fmt.Fprintln(out, "no plugins: `cargo goplugin run` puts them in")
		return err
	}
	for _, plugin := range plugins {
		if err := plugin.Run(out); err != nil {
			return fmt.Errorf("plugin %s: %w", plugin.Name(), err)
		}
	}
	return nil
}
