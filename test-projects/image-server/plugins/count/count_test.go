package count

import (
	"bytes"
	"testing"

	cairo "github.com/ungerik/go-cairo"
)

func TestEachImageShowsOneMore(t *testing.T) {
	plugin := Plugin()
	var last []byte
	for n := 1; n <= 7; n++ {
		surface := cairo.NewSurface(cairo.FORMAT_ARGB32, 480, 200)
		if err := plugin.Paint(surface); err != nil {
			t.Fatal(err)
		}
		painted := surface.GetData()
		surface.Destroy()
		if bytes.Equal(painted, last) {
			t.Errorf("image %d looks like the one before", n)
		}
		last = painted
	}
}

func TestSentence(t *testing.T) {
	for asked, want := range map[int64]string{1: "asked for once", 2: "asked for 2 times"} {
		if got := sentence(asked); got != want {
			t.Errorf("sentence(%d) = %q, want %q", asked, got, want)
		}
	}
}
