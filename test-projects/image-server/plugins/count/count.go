// Package count is a plugin that paints how often the image was asked for: as a number, and as tally
// marks, which need no font.
package count

import (
	"fmt"
	"sync/atomic"

	"example.com/image-server/api"
	cairo "github.com/ungerik/go-cairo"
)

// Plugin returns a counter that starts at zero.
func Plugin() api.Plugin { return new(counter) }

type counter struct{ asked atomic.Int64 }

func (c *counter) Paint(surface *cairo.Surface) error {
	asked := c.asked.Add(1)
	bottom := float64(surface.GetHeight()) - 40
	surface.SetSourceRGB(1, 1, 1)
	paintTally(surface, asked, 40, bottom)
	surface.SelectFontFace("sans-serif", cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_NORMAL)
	surface.SetFontSize(22)
	surface.MoveTo(40, bottom-58)
	surface.ShowText(sentence(asked))
	return nil
}

func sentence(asked int64) string {
	if asked == 1 {
		return "asked for once"
	}
	return fmt.Sprintf("asked for %d times", asked)
}

const (
	markHeight = 40
	markGap    = 11
	groupWidth = 5*markGap + 12
	mostMarks  = 30 // more would leave the image
)

// paintTally paints marks from x to the right, standing on the line y: four upright ones, then one
// through them.
func paintTally(surface *cairo.Surface, asked int64, x, y float64) {
	surface.SetLineWidth(3)
	surface.SetLineCap(cairo.LINE_CAP_ROUND)
	for n := range min(asked, mostMarks) {
		group, mark := n/5, n%5
		left := x + float64(group*groupWidth)
		if mark < 4 {
			left += float64(mark * markGap)
			surface.MoveTo(left, y-markHeight)
			surface.LineTo(left, y)
		} else {
			surface.MoveTo(left-8, y-8)
			surface.LineTo(left+3*markGap+8, y-markHeight+8)
		}
	}
	surface.Stroke()
}
