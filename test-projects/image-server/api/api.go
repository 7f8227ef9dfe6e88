// Package api is what the image server and its plugins agree on.
package api

import cairo "github.com/ungerik/go-cairo"

// Plugin paints one part of every image.
//
// A plugin's package has a function `Plugin() api.Plugin`, which is called once, when the program
// starts.
type Plugin interface {
	// Paint draws on the surface, whose graphics state is the default one and is restored
	// afterwards. Plugins paint one after another, in the order of their names, each over what the
	// ones before it left. Several images may be drawn at once.
	Paint(surface *cairo.Surface) error
}
