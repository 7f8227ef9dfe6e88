package {{package}}

import (
	"bytes"
	"testing"
)

func TestThePluginSaysHello(t *testing.T) {
	var out bytes.Buffer
	if err := Plugin().Run(&out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "hello from {{plugin}}\n"; got != want {
		t.Errorf("it wrote %q, not %q", got, want)
	}
}
