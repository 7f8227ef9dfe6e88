package qr

import (
	"image/color"
	"testing"

	cairo "github.com/ungerik/go-cairo"
)

func TestCodeStandsInTheCorner(t *testing.T) {
	surface := cairo.NewSurface(cairo.FORMAT_ARGB32, 480, 270)
	defer surface.Destroy()
	surface.SetSourceRGB(0, 0, 1)
	surface.Paint()
	surface.Save()
	if err := Plugin().Paint(surface); err != nil {
		t.Fatal(err)
	}
	surface.Restore()

	seen := map[color.RGBA]int{}
	image := surface.GetImage()
	for y := range 270 {
		for x := range 480 {
			r, g, b, _ := image.At(x, y).RGBA()
			seen[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}]++
		}
	}
	black, white := seen[color.RGBA{A: 255}], seen[color.RGBA{255, 255, 255, 255}]
	if black%(square*square) != 0 || black == 0 || white <= black {
		t.Errorf("%d black and %d white pixels are no QR code", black, white)
	}
	if black+white+seen[color.RGBA{B: 255, A: 255}] != 480*270 {
		t.Errorf("colours were mixed: %v", seen)
	}
}
