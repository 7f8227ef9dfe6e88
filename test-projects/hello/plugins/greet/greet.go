// Package greet is a plugin that is done once it is imported: it has an init function and nothing else.
package greet

import "fmt"

func init() {
	fmt.Println("greet: a plugin was compiled in")
}
