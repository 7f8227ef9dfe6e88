package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"example.com/image-server/api"
	cairo "github.com/ungerik/go-cairo"
)

const width, height = 640, 360

// render makes one image, as PNG: the server's own background with each plugin's part on it.
func render(plugins []api.Plugin) ([]byte, error) {
	// go-cairo reads the pixels of opaque surfaces (FORMAT_RGB24) at wrong offsets.
	surface := cairo.NewSurface(cairo.FORMAT_ARGB32, width, height)
	defer surface.Destroy()
	paintEvening(surface)
	paintTitle(surface)
	for _, plugin := range plugins {
		surface.Save()
		err := plugin.Paint(surface)
		surface.Restore()
		surface.NewPath()
		if err != nil {
			return nil, fmt.Errorf("plugin %T: %w", plugin, err)
		}
	}
	if status := surface.Status(); status != cairo.STATUS_SUCCESS {
		return nil, fmt.Errorf("cairo: %v", status)
	}
	return encode(surface)
}

// encode makes a PNG with eight bits a channel. The surface's own PNG writer would free the surface a
// second time.
func encode(surface *cairo.Surface) ([]byte, error) {
	painted := surface.GetImage()
	pixels := image.NewRGBA(painted.Bounds())
	draw.Draw(pixels, pixels.Bounds(), painted, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, pixels); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
