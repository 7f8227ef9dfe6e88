package main

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"

	"example.com/image-server/api"
	cairo "github.com/ungerik/go-cairo"
)

type pluginFunc func(*cairo.Surface) error

func (f pluginFunc) Paint(surface *cairo.Surface) error { return f(surface) }

func TestImageIsWholeWithoutPlugins(t *testing.T) {
	data, err := render(nil)
	if err != nil {
		t.Fatal(err)
	}
	image, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := image.Bounds().Size(); size.X != width || size.Y != height {
		t.Errorf("the image is %v", size)
	}
}

func TestOnePluginDoesNotDisturbTheNext(t *testing.T) {
	rude := pluginFunc(func(s *cairo.Surface) error { s.Translate(1e6, 0); s.MoveTo(1, 1); return nil })
	kind := pluginFunc(func(s *cairo.Surface) error {
		if x, y := s.UserToDevice(3, 4); x != 3 || y != 4 || s.HasCurrentPoint() {
			t.Errorf("the state is not the default one")
		}
		return nil
	})
	if _, err := render([]api.Plugin{rude, kind}); err != nil {
		t.Fatal(err)
	}
}

func TestAPluginsErrorNamesThePlugin(t *testing.T) {
	broken := pluginFunc(func(*cairo.Surface) error { return errors.New("out of paint") })
	_, err := render([]api.Plugin{broken})
	if err == nil || !strings.Contains(err.Error(), "pluginFunc: out of paint") {
		t.Errorf("the error is %v", err)
	}
}
