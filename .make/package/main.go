// Command package puts built functions into the archives that Lambda takes: the same
// binaries give the same bytes.
//
// Usage: package FOLDER OUT COMMENT: of each FOLDER/NAME/bootstrap it makes
// OUT/NAME.zip, with COMMENT, and of all of them OUT/SHA256SUMS.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: package FOLDER OUT COMMENT")
		os.Exit(2)
	}
	if err := packAll(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}
