package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// drainDeadline is how long a worker finishes its jobs after the first signal. Compose kills what is
// still running after stop_grace_period, so that must be longer.
const drainDeadline = 60 * time.Second

// pinned is an image with the tag of one release (1.2 or 1.2.3, with or without a variant) or a digest.
var pinned = regexp.MustCompile(`(:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?|@sha256:[0-9a-f]{64})$`)

// checkCompose loads the file as Compose does, all profiles included, and returns the names of its
// services, or every problem that it has.
func checkCompose(ctx context.Context, file string, known []string) ([]string, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	// No variable of this shell and no .env: the defaults must be enough.
	opts, err := cli.NewProjectOptions([]string{file},
		cli.WithWorkingDirectory(filepath.Dir(file)), cli.WithProfiles([]string{"*"}))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(file), err)
	}
	project, err := opts.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", filepath.Base(file), err)
	}

	var errs []error
	for _, name := range project.ServiceNames() {
		for _, problem := range serviceProblems(project.Services[name], known) {
			errs = append(errs, fmt.Errorf("service %s: %s", name, problem))
		}
	}
	if len(project.Services) == 0 {
		errs = append(errs, errors.New("no services"))
	}
	return project.ServiceNames(), errors.Join(errs...)
}

// serviceProblems lists what the schema allows and we do not.
func serviceProblems(s types.ServiceConfig, known []string) []string {
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	if s.Build == nil && !pinned.MatchString(s.Image) {
		add("image %q is not pinned to a release", s.Image)
	}
	for _, p := range s.Ports {
		if p.HostIP != "127.0.0.1" {
			add("port %s is published beyond loopback", p.Published)
		}
	}
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if _, err := os.Stat(v.Source); err != nil {
			add("mounts %s, which is not there", filepath.Base(v.Source))
		}
		if !v.ReadOnly {
			add("mounts %s writable", filepath.Base(v.Source))
		}
	}
	if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		add("lacks no-new-privileges")
	}
	if s.Privileged || s.NetworkMode == "host" {
		add("shares the host's rights or network")
	}
	if s.Build != nil {
		problems = append(problems, ownProblems(s, known)...)
	}
	return problems
}

// ownProblems lists what is asked of the services that run the image of this project.
func ownProblems(s types.ServiceConfig, known []string) []string {
	var problems []string
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) <= drainDeadline {
		add("stop_grace_period is not longer than the drain deadline of %s", drainDeadline)
	}
	if !s.ReadOnly {
		add("root file system is writable")
	}
	if !slices.Contains(s.CapDrop, "ALL") {
		add("keeps capabilities")
	}
	for name, value := range s.Environment {
		if known != nil && !slices.Contains(known, name) {
			add("sets %s, which mujaz does not read", name)
		}
		if value != nil && *value != "" && strings.HasSuffix(name, "_KEY") {
			add("carries a value for %s", name)
		}
	}
	slices.Sort(problems)
	return problems
}
