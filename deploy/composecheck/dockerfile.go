package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	digest "github.com/opencontainers/go-digest"
)

// lintDockerfile parses a Dockerfile as BuildKit does and runs the rules of `docker build --check`.
func lintDockerfile(ctx context.Context, dockerfile []byte) error {
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", dockerfile)
	// The linter dereferences it, though there is none without a build.
	source.Definition = &llb.Definition{}
	images := &offline{}
	results, err := dockerfile2llb.DockerfileLint(ctx, dockerfile, dockerfile2llb.ConvertOpt{
		SourceMap:    source,
		MetaResolver: images,
	})
	if err != nil {
		return fmt.Errorf("lint Dockerfile: %w", err)
	}
	var errs []error
	if results.Error != nil {
		errs = append(errs, fmt.Errorf("parse Dockerfile: %s", results.Error.Message))
	}
	for _, w := range results.Warnings {
		line := int32(0)
		if ranges := w.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].GetStart().GetLine()
		}
		errs = append(errs, fmt.Errorf("line %d of Dockerfile: %s: %s", line, w.RuleName, w.Detail))
	}
	for _, ref := range images.refs {
		if !pinned.MatchString(ref) {
			errs = append(errs, fmt.Errorf("image %s of Dockerfile is not pinned to a release", ref))
		}
	}
	return errors.Join(errs...)
}

// offline answers for every image with an empty configuration: nothing is fetched. So the rules that
// compare with the base image (a variable set there, for example) have nothing to find.
type offline struct {
	mu   sync.Mutex
	refs []string // every image that the Dockerfile starts from or copies from
}

// ResolveImageConfig implements llb.ImageMetaResolver; BuildKit calls it for several stages at once.
func (o *offline) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refs = append(o.refs, ref)
	return ref, "", []byte("{}"), nil
}
