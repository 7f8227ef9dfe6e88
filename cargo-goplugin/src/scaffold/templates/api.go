// Package {{api}} is what {{name}} and its plugins agree on.
package {{api}}

import "io"

// Plugin is one thing that the app can do.
//
// A plugin's package has a function `Plugin() {{api}}.Plugin`, which is called once, when the program
// starts.
type Plugin interface {
	// Name is what people call the plugin.
	Name() string
	// Run does the plugin's work, and writes what it has to say.
	Run(out io.Writer) error
}

// New makes a plugin of a function.
func New(name string, run func(out io.Writer) error) Plugin {
	return function{name, run}
}

type function struct {
	name string
	run  func(out io.Writer) error
}

func (f function) Name() string { return f.name }

func (f function) Run(out io.Writer) error { return f.run(out) }
