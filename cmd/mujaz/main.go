// Command mujaz summarises news articles: worker, demo and tools in one binary.
package main

import (
	"context"
	"os"
)

// version is set by the linker; see the Makefile.
var version = "dev"

func main() {
	os.Exit(run(context.Background(), os.Args[1:], system()))
}
