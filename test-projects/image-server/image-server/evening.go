package main

import (
	"math"

	cairo "github.com/ungerik/go-cairo"
)

type rgb struct{ r, g, b float64 }

// paintEvening paints a low sun over two hills.
func paintEvening(surface *cairo.Surface) {
	sky := cairo.NewPatternLinear(cairo.Linear{Y1: height})
	defer sky.Destroy()
	sky.AddColorStopRGB(0, 0.10, 0.14, 0.36)
	sky.AddColorStopRGB(0.6, 0.78, 0.38, 0.38)
	sky.AddColorStopRGB(1, 0.97, 0.69, 0.40)
	surface.SetSource(sky)
	surface.Paint()

	surface.SetSourceRGB(1, 0.87, 0.58)
	surface.Arc(330, 180, 44, 0, 2*math.Pi)
	surface.Fill()

	paintHill(surface, rgb{0.30, 0.19, 0.38}, 190, 60)
	paintHill(surface, rgb{0.15, 0.11, 0.26}, 270, -70)
}

// paintHill fills what lies below a wave that starts at the height top.
func paintHill(surface *cairo.Surface, color rgb, top, swing float64) {
	surface.SetSourceRGB(color.r, color.g, color.b)
	surface.MoveTo(0, top)
	surface.CurveTo(width*0.3, top-swing, width*0.6, top+swing*1.5, width, top-swing*0.5)
	surface.LineTo(width, height)
	surface.LineTo(0, height)
	surface.ClosePath()
	surface.Fill()
}

func paintTitle(surface *cairo.Surface) {
	surface.SelectFontFace("sans-serif", cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD)
	surface.SetFontSize(38)
	surface.SetSourceRGB(1, 1, 1)
	surface.MoveTo(40, 76)
	surface.ShowText("image-server")
}
