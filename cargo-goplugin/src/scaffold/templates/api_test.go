package {{api}}

import (
	"bytes"
	"io"
	"testing"
)

func TestAFunctionIsAPlugin(t *testing.T) {
	plugin := New("greet", func(out io.Writer) error {
		_, err := io.WriteString(out, "hello")
		return err
	})
	var out bytes.Buffer
	if err := plugin.Run(&out); err != nil {
		t.Fatal(err)
	}
	if plugin.Name() != "greet" || out.String() != "hello" {
		t.Errorf("%s wrote %q", plugin.Name(), out.String())
	}
}
