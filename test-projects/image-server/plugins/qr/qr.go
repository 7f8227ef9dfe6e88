// Package qr is a plugin that paints a QR code of the project's page into the lower right corner.
package qr

import (
	"fmt"

	"example.com/image-server/api"
	cairo "github.com/ungerik/go-cairo"
	"rsc.io/qr"
)

const (
	page   = "https://example.com/image-server"
	square = 4  // pixels on a side of one square of the code
	quiet  = 4  // squares left white around the code, as its standard asks
	margin = 32 // pixels from the image's edges
)

// Plugin returns what paints the code.
func Plugin() api.Plugin { return painter{} }

type painter struct{}

func (painter) Paint(surface *cairo.Surface) error {
	code, err := qr.Encode(page, qr.M)
	if err != nil {
		return fmt.Errorf("encode %q: %w", page, err)
	}
	side := float64((code.Size + 2*quiet) * square)
	surface.Translate(
		float64(surface.GetWidth())-margin-side,
		float64(surface.GetHeight())-margin-side,
	)
	surface.SetSourceRGB(1, 1, 1)
	surface.Rectangle(0, 0, side, side)
	surface.Fill()
	surface.SetSourceRGB(0, 0, 0)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				surface.Rectangle(float64((x+quiet)*square), float64((y+quiet)*square), square, square)
			}
		}
	}
	surface.Fill()
	return nil
}
