package main

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"{{module}}/{{api}}"
)

func TestPluginsRunInTheirOrder(t *testing.T) {
	say := func(word string) {{api}}.Plugin {
		return {{api}}.New(word, func(out io.Writer) error {
			_, err := io.WriteString(out, word)
			return err
		})
	}
	var out bytes.Buffer
	if err := run(&out, []{{api}}.Plugin{say("one "), say("two")}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "one two" {
		t.Errorf("the plugins wrote %q", got)
	}
}

func TestAFailureNamesThePlugin(t *testing.T) {
	broken := {{api}}.New("broken", func(io.Writer) error { return errors.New("out of ink") })
	err := run(io.Discard, []{{api}}.Plugin{broken})
	if err == nil || err.Error() != "plugin broken: out of ink" {
		t.Errorf("the error is %v", err)
	}
}
