package backfill

import (
	"context"
	"slices"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// stdin names standard input.
const stdin = "-"

// describe reads every input once, for its digest. Standard input has none.
func describe(ctx context.Context, inputs []string) ([]queue.RunInput, error) {
	if slices.Equal(inputs, []string{stdin}) {
		return []queue.RunInput{{Name: stdin}}, nil
	}
	digests, err := archive.Digest(ctx, inputs)
	if err != nil {
		return nil, err
	}
	all := make([]queue.RunInput, 0, len(inputs))
	for _, d := range digests {
		all = append(all, queue.RunInput{Name: d.Name, Size: d.Size, SHA256: d.SHA256})
	}
	return all, nil
}
