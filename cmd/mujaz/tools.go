package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/mujaz/mujaz/queue"
)

type schemaCmd struct {
	Name string `arg:"" help:"job, result or dead."`
}

// Help is shown by --help.
func (*schemaCmd) Help() string {
	return "JSON Schema, draft 2020-12; docs/wire.md explains the contract.\n\n    mujaz schema job > job.schema.json"
}

// Run prints the schema.
func (c *schemaCmd) Run(p *program) error {
	schema, err := queue.Schema(c.Name)
	if err != nil {
		return usagef("One of: job, result, dead.", "%w", err)
	}
	_, err = p.out.Write(schema)
	return err
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print it as one JSON line."`
}

// Help is shown by --help.
func (*versionCmd) Help() string { return "Examples:\n\n    mujaz version --json" }

// Run prints the version.
func (c *versionCmd) Run(p *program) error {
	v := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		OS      string `json:"os"`
		Arch    string `json:"arch"`
		Schema  int    `json:"schema_version"`
	}{p.version, runtime.Version(), runtime.GOOS, runtime.GOARCH, queue.SchemaVersion}
	if c.JSON {
		return p.printJSON(v)
	}
	_, err := fmt.Fprintf(p.out, "mujaz %s (%s, %s/%s, wire contract %d)\n", v.Version, v.Go, v.OS, v.Arch, v.Schema)
	return err
}

// versionOf prefers what the linker was told; `go install` tells the module.
func versionOf(linked string) string {
	if linked != "dev" {
		return linked
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return linked
}
