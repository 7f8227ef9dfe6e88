// Hello says one line. What its plugins say comes first: they speak when they are initialized.
package main

import "fmt"

func main() {
	fmt.Println("hello: the app starts")
}
