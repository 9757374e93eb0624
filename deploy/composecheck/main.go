// Command composecheck holds docker-compose.yml and the Dockerfile to what they promise, without a
// Docker daemon. It is a module of its own, so that none of its dependencies becomes one of mujaz.
//
// Usage: composecheck [-dir FOLDER] [-env-names FILE]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "composecheck:", err)
		os.Exit(1)
	}
}

// run checks the project in -dir and prints one line for each thing that it found in order.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("composecheck", flag.ContinueOnError)
	flags.SetOutput(out)
	dir := flags.String("dir", ".", "folder of docker-compose.yml and Dockerfile")
	names := flags.String("env-names", "", "file with the variables that mujaz reads, one a line; empty: not compared")
	if err := flags.Parse(args); err != nil {
		return err
	}

	var known []string
	if *names != "" {
		data, err := os.ReadFile(*names)
		if err != nil {
			return fmt.Errorf("read names of variables: %w", err)
		}
		if known = strings.Fields(string(data)); len(known) == 0 {
			return fmt.Errorf("%s: no names of variables in it", *names)
		}
	}

	services, err := checkCompose(ctx, filepath.Join(*dir, "docker-compose.yml"), known)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "docker-compose.yml: %d services in order: %s\n", len(services), strings.Join(services, ", "))
	if known == nil {
		fmt.Fprintln(out, "docker-compose.yml: NOT compared with the variables that mujaz reads (no -env-names)")
	}

	dockerfile, err := os.ReadFile(filepath.Join(*dir, "Dockerfile"))
	if err != nil {
		return fmt.Errorf("read Dockerfile: %w", err)
	}
	if err := lintDockerfile(ctx, dockerfile); err != nil {
		return err
	}
	fmt.Fprintln(out, "Dockerfile: no finding of BuildKit's linter")
	fmt.Fprintln(out, "NOT run here: pulling the images, building, starting the containers (they need a Docker daemon)")
	return nil
}
